import { main } from '../dist/commands/main.js'

/** Runs a command line and sets the exit code of the process. */
export async function run(args) {
  process.exitCode = await main(args)
  // An encoder at work can't be stopped, and Node waits for it, even to exit: then the signal ends the process after all.
  if (process.exitCode === 130) setTimeout(() => process.kill(process.pid, 'SIGINT'), 200).unref()
}
