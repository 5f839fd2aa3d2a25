// Makes a fresh clone ready: installs when that has not happened yet, then compiles. Plain Node, no packages.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

process.chdir(fileURLToPath(new URL('..', import.meta.url)))

function npm(...args) {
  const { status } = spawnSync('npm', args, { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (status !== 0) process.exit(status ?? 1)
}

if (!existsSync('node_modules/.package-lock.json')) npm('ci', '--no-audit', '--no-fund')
npm('run', '--silent', 'build')
