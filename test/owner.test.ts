import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { isGone, owner } from '../src/owner.ts'

/** The mark of another process of this machine. */
const markOf = (pid: string) => owner.replace(/\d+$/, pid)

test('this process is there, one of another machine may be', () => {
  expect(isGone(owner)).toBe(false)
  expect(isGone('0123abcd-1')).toBe(undefined)
})

test('a process that nobody has started is gone', () => {
  expect(isGone(markOf('999999999'))).toBe(true)
})

test.skipIf(!existsSync('/proc/self/stat'))(
  'a process that has ended is gone, also when its parent never asks',
  async () => {
    const script = 'sleep 0 & echo $!; exec sleep 60'
    const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void parent.kill('SIGKILL'))
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = line.toString().trim()
    while (!/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))) await setTimeout(10)
    expect(() => process.kill(Number(pid), 0)).not.toThrow()
    expect(isGone(markOf(pid))).toBe(true)
  },
)
