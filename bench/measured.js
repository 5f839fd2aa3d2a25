// Runs the command in this process with the arguments given, and sends its seconds and peak memory to the parent.
import { main } from '../dist/commands/main.js'

const start = performance.now()
const code = await main(process.argv.slice(2))
process.send({
  code,
  seconds: (performance.now() - start) / 1000,
  peakBytes: process.resourceUsage().maxRSS * 1024,
})
process.disconnect()
