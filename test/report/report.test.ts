import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import type { Row } from '../../src/batch/row.ts'
import { MAX_PIXELS } from '../../src/image/image.ts'
import { openPictures } from '../../src/report/pictures.ts'
import { openReport } from '../../src/report/report.ts'
import { NO_BROWSER, openPage } from '../support/browser.ts'
import { temporaryFolder, uir } from '../support/command.ts'
import { fixture } from '../support/images.ts'

const BIN = fileURLToPath(new URL('../../bin/uir.js', import.meta.url))

const THRESHOLDS = { rain: 0.5, noise: 0.5 }

/** A red picture with a blue result, so that a sample of the page tells which one is shown. */
async function redAndBlue(folder: string): Promise<[before: string, after: string]> {
  const paths = [join(folder, 'red.png'), join(folder, 'blue.png')] as const
  for (const [i, background] of (['#f00', '#00f'] as const).entries()) {
    await sharp({ create: { width: 64, height: 48, channels: 3, background } })
      .png()
      .toFile(paths[i]!)
  }
  return [...paths]
}

async function writeReport(folder: string, rows: readonly Partial<Row>[]): Promise<string> {
  const path = join(folder, 'report.html')
  const report = await openReport(path)
  const pictures = openPictures(MAX_PIXELS)
  for (const part of rows) {
    const row: Row = { input: 'gone.jpg', status: 'failed', seconds: 0, ...part }
    await report.write(row, await pictures.develop(row), THRESHOLDS)
  }
  await report.close()
  return path
}

test('the command writes a page with all images, pictures inside, that names every failure', () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'photos'))
  copyFileSync(fixture('camera.jpg'), join(folder, 'photos', 'camera.jpg'))
  writeFileSync(join(folder, 'photos', '<b>&".jpg'), '')
  const { status } = uir(['restore', 'photos', '--expert', 'noise', '--report', 'report.html'], {
    cwd: folder,
  })
  expect(status).toBe(3)
  const page = readFileSync(join(folder, 'report.html'), 'utf8')
  expect(page.match(/<article data-status="[a-z]+"/g)).toEqual([
    '<article data-status="failed"',
    '<article data-status="restored"',
  ])
  expect(page.match(/src="data:image\/webp;base64,/g)).toHaveLength(2)
  expect(page).toContain('&#60;b&#62;&#38;&#34;.jpg is empty')
  expect(page).toContain('href="restored/camera.jpg"')
  expect(page).toContain('mix noise 1')
  expect(readdirSync(folder).sort()).toEqual(['photos', 'report.html', 'restored'])
  const again = uir(['restore', 'photos/camera.jpg', '--report', 'again.html'], { cwd: folder })
  expect(again.stderr).toContain('1 skipped')
  expect(readFileSync(join(folder, 'again.html'), 'utf8').match(/src="data:image/g)).toHaveLength(2)
})

test('a page that can not be written is one line before any work', () => {
  const folder = temporaryFolder()
  const args = [
    'restore',
    fixture('camera.jpg'),
    '--report',
    '/nowhere/report.html',
    '-o',
    join(folder, 'out'),
  ]
  const { status, stderr } = uir(args)
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr:
      'uir: /nowhere/report.html cannot be written: its folder does not exist and cannot be made; choose another place\n',
  })
  expect(existsSync(join(folder, 'out', 'camera.jpg'))).toBe(false)
})

test('a run without rows leaves an earlier page alone', async () => {
  const folder = temporaryFolder()
  const path = await writeReport(folder, [{}])
  const before = readFileSync(path)
  await writeReport(folder, [])
  expect(readFileSync(path)).toEqual(before)
  expect(readdirSync(folder)).toEqual(['report.html'])
})

test('the page appears only when it is whole, with the rows of an interrupted run', async () => {
  const path = join(temporaryFolder(), 'report.html')
  const report = await openReport(path)
  await report.write({ input: 'gone.jpg', status: 'failed', seconds: 0 }, {}, THRESHOLDS)
  expect(existsSync(path)).toBe(false)
  await report.close()
  expect(readFileSync(path, 'utf8')).toMatch(/<article.*<\/html>\n$/s)
})

test.skipIf(NO_BROWSER)(
  `in a browser the slider drags and takes keys (${NO_BROWSER ?? 'Chromium'})`,
  async () => {
    const folder = temporaryFolder()
    const [input, output] = await redAndBlue(folder)
    const path = await writeReport(folder, [
      {
        input,
        output,
        status: 'restored',
        scores: { rain: 0.9, noise: 0.2 },
        mix: { rain: 0.9 },
        seconds: 1,
      },
    ])
    const { page, complaints } = await openPage(path)
    const slider = page.getByRole('slider')
    const box = (await page.locator('.pair').boundingBox())!
    /** Red, green and blue of what the page shows at a part of the picture's width. */
    const shownAt = async (part: number) => {
      const clip = { x: box.x + part * box.width - 2, y: box.y + 0.8 * box.height, width: 4, height: 4 }
      const { dominant } = await sharp(await page.screenshot({ clip })).stats()
      return dominant.r > dominant.b ? 'before' : 'after'
    }
    expect([await shownAt(0.3), await shownAt(0.7)]).toEqual(['before', 'after'])
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + 0.9 * box.width, box.y + box.height / 2, { steps: 4 })
    await page.mouse.up()
    expect(Number(await slider.inputValue())).toBeCloseTo(90, -1)
    expect([await shownAt(0.3), await shownAt(0.7)]).toEqual(['before', 'before'])
    await slider.press('Home')
    expect([await shownAt(0.3), await shownAt(0.7)]).toEqual(['after', 'after'])
    expect(await slider.getAttribute('aria-valuetext')).toBe('0 %')
    expect(complaints).toEqual([])
  },
)

test.skipIf(NO_BROWSER)(`in a browser 1000 images filter (${NO_BROWSER ?? 'Chromium'})`, async () => {
  const folder = temporaryFolder()
  const photo = fixture('hummingbird.jpg')
  const rows = Array.from({ length: 1000 }, (_, i): Partial<Row> => {
    if (i % 10 === 0) return { input: `photos/${i}.jpg`, error: `photos/${i}.jpg is empty` }
    const scores = { rain: i % 2, noise: i % 5 === 1 ? 0.8 : 0.1 }
    return { input: photo, output: fixture('kitten.webp'), status: 'restored', scores, mix: {}, seconds: 2 }
  })
  const path = await writeReport(folder, rows)
  expect(statSync(path).size / 900).toBeLessThan(40_000)
  const { page, complaints } = await openPage(path)
  const visible = () => page.locator('article:visible').count()
  const press = async (name: RegExp) => {
    await page.getByRole('button', { name }).click()
    return { visible: await visible(), status: await page.getByRole('status').textContent() }
  }
  expect(await visible()).toBe(1000)
  expect(await page.locator('#histogram button').allTextContents()).toEqual(['rain 500', 'noise 200'])
  expect(await press(/^rain/)).toEqual({ visible: 500, status: 'Showing 500 of 1000' })
  expect(await page.locator('[aria-pressed=true]').allTextContents()).toEqual(['rain 500'])
  expect(await press(/^failed/)).toEqual({ visible: 100, status: 'Showing 100 of 1000' })
  expect(await page.locator('article:visible').first().textContent()).toContain('photos/0.jpg is empty')
  expect((await press(/^all/)).visible).toBe(1000)
  expect(complaints).toEqual([])
})

/** Starts to restore forty pictures, 10.webp to 49.webp, with a report. */
function startReport() {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'photos'))
  for (let i = 0; i < 40; i++) copyFileSync(fixture('kitten.webp'), join(folder, 'photos', `${i + 10}.webp`))
  const args = ['restore', 'photos', '--expert', 'noise', '--jobs', '1', '--report', 'report.html']
  const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, stdio: 'ignore' })
  const closed = once(child, 'close')
  return { folder, child, closed }
}

test('what kill -9 leaves of a page is cleared away by the next run', async () => {
  const { folder, child, closed } = startReport()
  while (!existsSync(join(folder, 'restored', '10.webp'))) await setTimeout(20)
  child.kill('SIGKILL')
  await closed
  expect(readdirSync(folder)).toHaveLength(3)
  const one = ['restore', 'photos/10.webp', '-o', 'one', '--expert', 'noise', '--report', 'report.html']
  expect(uir(one, { cwd: folder }).status).toBe(0)
  expect(readdirSync(folder).sort()).toEqual(['one', 'photos', 'report.html', 'restored'])
})

test('Ctrl-C leaves a whole page of the images done by then', async () => {
  const { folder, child, closed } = startReport()
  while (!existsSync(join(folder, 'restored', '14.webp'))) await setTimeout(20)
  child.kill('SIGINT')
  expect(await closed).toEqual([130, null])
  const page = readFileSync(join(folder, 'report.html'), 'utf8')
  expect(page).toMatch(/10\.webp.*<\/html>\n$/s)
  expect(page.match(/<article/g)!.length).toBeLessThan(40)
  expect(readdirSync(folder).sort()).toEqual(['photos', 'report.html', 'restored'])
})
