import { existsSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { chromium, type Page } from 'playwright-core'
import { onTestFinished } from 'vitest'

const CHROMIUM = '/usr/bin/chromium'

/** Why tests in a browser are skipped; undefined where they run. */
export const NO_BROWSER = existsSync(CHROMIUM) ? undefined : `no Chromium at ${CHROMIUM}`

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Opens a file in a browser that goes when the test ends, and collects what the page complains about. */
export async function openPage(file: string): Promise<{ page: Page; complaints: string[] }> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS })
  onTestFinished(() => browser.close())
  const page = await browser.newPage({ viewport: { width: 1000, height: 800 } })
  const complaints: string[] = []
  page.on('pageerror', error => complaints.push(error.message))
  page.on('console', message => complaints.push(message.text()))
  page.on('request', request => {
    if (!/^(file|data):/.test(request.url())) complaints.push(`loads ${request.url()}`)
  })
  await page.goto(pathToFileURL(file).href)
  return { page, complaints }
}
