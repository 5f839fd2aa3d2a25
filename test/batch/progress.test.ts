import { PassThrough } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { showProgress } from '../../src/batch/progress.ts'

/** A stream that says it is a terminal, or not, and keeps what is written. */
function screen(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 200 }) as unknown as NodeJS.WriteStream
  const written = () => String((stream as unknown as PassThrough).read() ?? '')
  return { stream, written }
}

test('a terminal sees counts and every printed line', async () => {
  vi.stubEnv('TERM', 'xterm')
  const { stream, written } = screen(true)
  const progress = showProgress(stream, 3, true)
  vi.unstubAllEnvs()
  progress.start('a.jpg')
  progress.step({ input: 'a.jpg', status: 'restored', seconds: 1, width: 2000, height: 1000 })
  progress.print('b.jpg is empty')
  progress.start('b.jpg')
  progress.step({ input: 'b.jpg', status: 'failed', seconds: 0, error: 'b.jpg is empty' })
  await setTimeout(150)
  progress.print('the last word')
  progress.close()
  const text = written()
  expect(text).toMatch(/2\/3 images \| 1 failed \| \d+\.\d\d MP\/s \| \S+ left \| b\.jpg/)
  expect(text).toContain('b.jpg is empty\n')
  expect(text).toContain('the last word\n')
  // Nothing is coloured, whatever NO_COLOR says.
  expect(text).not.toMatch(new RegExp(`${String.fromCharCode(27)}\\[[\\d;]*m`))
})

test('a terminal that cannot move its cursor is spared', () => {
  vi.stubEnv('TERM', 'dumb')
  const { stream, written } = screen(true)
  showProgress(stream, 1, true).close()
  vi.unstubAllEnvs()
  expect(written()).toBe('')
})

test.each([
  ['no terminal', false, true],
  ['a bar that is not wanted', true, false],
])('%s: the printed lines and nothing else', (_, isTTY, wanted) => {
  const { stream, written } = screen(isTTY)
  const progress = showProgress(stream, 1, wanted)
  progress.step({ input: 'a.jpg', status: 'restored', seconds: 1 })
  progress.print('a line')
  progress.close()
  expect(written()).toBe('a line\n')
})
