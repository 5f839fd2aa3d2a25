// Files of all kinds for the endurance run: what a folder of years holds, good and broken. Each takes a seed.
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const SAMPLE = fileURLToPath(new URL('../test/fixtures/samples/noise.jpg', import.meta.url))

/** A piece of a photograph; the seed says which. */
export function photo(seed, width = 64 + (seed % 7) * 16, height = 48 + (seed % 5) * 16) {
  return sharp(SAMPLE).extract({ left: seed % 60, top: seed % 40, width, height })
}

const jpeg = seed => photo(seed).jpeg({ quality: 85 }).toBuffer()

/** Makers by the end of the name. */
export const GOOD = {
  'photo.jpg': jpeg,
  'upper.JPEG': seed => photo(seed).jpeg({ quality: 60 }).toBuffer(),
  'progressive.jpg': seed => photo(seed).jpeg({ progressive: true }).toBuffer(),
  'gray.jpg': seed => photo(seed).grayscale().jpeg().toBuffer(),
  'cmyk.jpg': seed => photo(seed).toColourspace('cmyk').jpeg().toBuffer(),
  'scan.png': seed => photo(seed).png().toBuffer(),
  'deep.png': seed => photo(seed).toColourspace('rgb16').png().toBuffer(),
  'alpha.png': seed => photo(seed).ensureAlpha(0.5).png().toBuffer(),
  'lossy.webp': seed => photo(seed).webp().toBuffer(),
  'small.avif': seed => photo(seed).avif({ effort: 0 }).toBuffer(),
  'scan.tiff': seed => photo(seed).tiff().toBuffer(),
  'png-inside.jpg': seed => photo(seed).png().toBuffer(),
  'ünï 写真.jpg': jpeg,
  [`${'long'.repeat(60)}.jpg`]: jpeg,
}

const cut =
  (part, make = jpeg) =>
  async seed => {
    const bytes = await make(seed)
    return bytes.subarray(0, Math.floor(bytes.length * part))
  }

/** Twelve ways to break. */
export const BROKEN = {
  'empty.jpg': () => Buffer.of(),
  'zeros.jpg': () => Buffer.alloc(5000),
  'text.jpg': () => Buffer.from('dear diary\n'),
  'page.png': () => Buffer.from('<!DOCTYPE html><title>404 Not Found</title>'),
  'archive.webp': () => Buffer.from('504b030414000000000000000000', 'hex'),
  'noise.jpg': seed => Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919 + seed * 104729) % 251)),
  'start.jpg': cut(0.05),
  'half.jpg': cut(0.5),
  'most.jpg': cut(0.9),
  'half.png': cut(0.5, GOOD['scan.png']),
  'half.tiff': cut(0.5, GOOD['scan.tiff']),
  'gif-inside.jpg': seed => photo(seed).gif().toBuffer(),
}
