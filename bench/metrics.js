// PSNR and SSIM of 8-bit RGB pictures.
import sharp from 'sharp'

/** Decodes a file to interleaved 8-bit RGB: { data, width, height }. */
export async function pixels(file) {
  const { data, info } = await sharp(file)
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  const { width, height, channels } = info
  if (channels === 3) return { data, width, height }
  const rgb = Buffer.alloc(width * height * 3)
  for (let i = 0; i < rgb.length; i++) rgb[i] = data[Math.floor(i / 3) * channels]
  return { data: rgb, width, height }
}

/** Peak signal-to-noise ratio in dB over all three channels, at most 100. */
export function psnr(a, b) {
  let sum = 0
  for (let i = 0; i < a.data.length; i++) sum += (a.data[i] - b.data[i]) ** 2
  return sum === 0 ? 100 : Math.min(100, 10 * Math.log10((255 ** 2 * a.data.length) / sum))
}

const RADIUS = 5
const WINDOW = Array.from({ length: 2 * RADIUS + 1 }, (_, i) =>
  Math.exp(-((i - RADIUS) ** 2) / (2 * 1.5 ** 2)),
)
const TOTAL = WINDOW.reduce((sum, value) => sum + value, 0)

/** Structural similarity (Wang et al. 2004): 11 x 11 Gaussian window of sigma 1.5, mean over pixels and channels. */
export function ssim(a, b) {
  const { width, height } = a
  let sum = 0
  for (let channel = 0; channel < 3; channel++) {
    const x = plane(a, channel)
    const y = plane(b, channel)
    const blur = values => blurValid(values, width, height)
    const [mx, my] = [blur(x), blur(y)]
    const [xx, yy, xy] = [product(x, x), product(y, y), product(x, y)].map(blur)
    let mean = 0
    for (let i = 0; i < mx.length; i++) {
      const both = mx[i] * my[i]
      const squares = mx[i] ** 2 + my[i] ** 2
      const c1 = (0.01 * 255) ** 2
      const c2 = (0.03 * 255) ** 2
      mean +=
        ((2 * both + c1) * (2 * (xy[i] - both) + c2)) / ((squares + c1) * (xx[i] + yy[i] - squares + c2))
    }
    sum += mean / mx.length
  }
  return sum / 3
}

function plane({ data }, channel) {
  return Float64Array.from({ length: data.length / 3 }, (_, i) => data[3 * i + channel])
}

function product(x, y) {
  return x.map((value, i) => value * y[i])
}

/** Blurs rows, then columns; only where the whole window fits. */
function blurValid(values, width, height) {
  const across = width - 2 * RADIUS
  const down = height - 2 * RADIUS
  const rows = new Float64Array(across * height)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < across; x++) {
      let sum = 0
      for (let k = 0; k < WINDOW.length; k++) sum += WINDOW[k] * values[y * width + x + k]
      rows[y * across + x] = sum / TOTAL
    }
  }
  const blurred = new Float64Array(across * down)
  for (let i = 0; i < blurred.length; i++) {
    let sum = 0
    for (let k = 0; k < WINDOW.length; k++) sum += WINDOW[k] * rows[i + k * across]
    blurred[i] = sum / TOTAL
  }
  return blurred
}
