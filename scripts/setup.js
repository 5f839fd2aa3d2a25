// Makes a fresh clone ready: installs when the lock file is newer than node_modules, then compiles. Plain Node, no packages.
import { spawnSync } from 'node:child_process'
import { statSync } from 'node:fs'

process.chdir(new URL('..', import.meta.url).pathname)

const modified = path => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

function npm(...args) {
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (status !== 0) process.exit(status ?? 1)
}

if (modified('node_modules/.package-lock.json') < modified('package-lock.json'))
  npm('ci', '--no-audit', '--no-fund')
npm('run', '--silent', 'build')
