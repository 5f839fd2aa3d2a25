import { sep } from 'node:path'
import type { Row } from '../batch/row.ts'
import type { Thumbnail } from '../image/thumbnail.ts'
import type { Selection } from '../pack/manifest.ts'
import type { Pictures } from './pictures.ts'

/**
 * The part of the page about one image.
 *
 * @param link path of the image as seen from the page
 */
export function renderCard(
  row: Row,
  pictures: Pictures,
  thresholds: Selection['thresholds'],
  link: string,
): string {
  const { input, status, scores = {}, mix = {}, seconds, error } = row
  const detected = Object.keys(scores).filter(name => scores[name]! >= (thresholds[name] ?? 1))
  const parts = Object.entries(mix).map(([expert, weight]) => `${expert} ${weight}`)
  const facts = [
    parts.length > 0 && `mix ${parts.join(' + ')}`,
    seconds > 0 && `${seconds.toFixed(1)} s`,
  ].filter(Boolean)
  return `<article data-status="${status}" data-has="${escapeHtml(detected.join(' '))}">
${renderPictures(row, pictures)}
<h2><a href="${escapeHtml(url(link))}">${escapeHtml(input)}</a></h2>
<p><b class="status">${status}</b> ${escapeHtml(facts.join(' · '))}</p>
${error === undefined ? '' : `<p class="error">${escapeHtml(error)}</p>\n`}${renderScores(scores, detected)}</article>
`
}

function renderPictures({ input, status }: Row, { before, after }: Pictures): string {
  const first = before ?? after
  if (first === undefined) return '<figure class="none">no picture</figure>'
  const ratio = `style="--ratio:${(first.width / first.height).toFixed(4)}"`
  const name = escapeHtml(input)
  // Equal pictures need no slider.
  if (before === undefined || after === undefined || status === 'unchanged') {
    return `<figure><div ${ratio}>${image(first, name)}</div></figure>`
  }
  return `<figure><div class="pair" ${ratio}>${image(before, `${name} before`)}${image(after, `${name} after`)}
<input type="range" min="0" max="100" value="50" aria-label="Share of the picture before, ${name}" aria-valuetext="50 %">
<span aria-hidden="true">before</span><span aria-hidden="true">after</span></div></figure>`
}

function image({ bytes, width, height }: Thumbnail, alt: string): string {
  const data = Buffer.from(bytes).toString('base64')
  return `<img src="data:image/webp;base64,${data}" width="${width}" height="${height}" alt="${alt}" loading="lazy" decoding="async">`
}

function renderScores(scores: Readonly<Record<string, number>>, detected: readonly string[]): string {
  const bars = Object.entries(scores).map(
    ([name, score]) =>
      `<li${detected.includes(name) ? ' class="on"' : ''} style="--share:${score}">${escapeHtml(name)} <b>${score.toFixed(2)}</b></li>`,
  )
  return bars.length === 0 ? '' : `<ul aria-label="Scores">${bars.join('')}</ul>\n`
}

function url(path: string): string {
  return path.split(sep).map(encodeURIComponent).join('/')
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`)
}
