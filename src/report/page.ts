import { version } from '../version.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

/** The page up to its cards. It may load nothing from anywhere. */
export function renderHead(now: Date): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Restored photographs</title>
<style>${STYLE}</style>
<header>
<h1>Restored photographs</h1>
<p>uir-lora ${version} · ${now.toISOString().slice(0, 16).replace('T', ' ')} UTC · <span id="totals"></span></p>
<div id="states" role="group" aria-label="Filter by what became of the image"></div>
<div id="histogram" role="group" aria-label="Degradations in the folder; press one to filter"></div>
<p id="shown" role="status"></p>
</header>
<main>
`
}

/** The page from its cards on. */
export const TAIL = `</main>
<script>${SCRIPT}</script>
</html>
`
