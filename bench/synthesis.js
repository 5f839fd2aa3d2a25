// Degraded inputs made from clean pictures, the same at every run.
import sharp from 'sharp'

/** Uniform numbers in 0..1 from a seed (mulberry32, T. Ettinger). */
function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

function png(picture, data) {
  const { width, height } = picture
  return sharp(data, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 2 })
    .toBuffer()
}

/** White Gaussian noise of standard deviation sigma (of 255), clipped to 8 bits. */
export function noise(sigma) {
  return (picture, seed) => {
    const next = random(seed)
    const noisy = picture.data.map(value => {
      const normal = Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())
      return Math.max(0, Math.min(255, Math.round(value + sigma * normal)))
    })
    return png(picture, noisy)
  }
}

/** Baseline JPEG at a quality, 4:2:0. */
export function jpeg(quality) {
  return ({ data, width, height }) =>
    sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality, chromaSubsampling: '4:2:0' })
      .toBuffer()
}

/** Gaussian blur of standard deviation sigma in pixels. */
export function gaussianBlur(sigma) {
  return async picture => {
    const { data, width, height } = picture
    return png(
      picture,
      await sharp(data, { raw: { width, height, channels: 3 } })
        .blur(sigma)
        .raw()
        .toBuffer(),
    )
  }
}

/** Linear motion of `length` pixels at an angle that the seed draws. */
export function motionBlur(length) {
  return (picture, seed) => {
    const { data, width, height } = picture
    const angle = random(seed)() * Math.PI
    const steps = Array.from({ length }, (_, i) => i - (length - 1) / 2)
    const shifts = steps.map(step => [Math.round(step * Math.cos(angle)), Math.round(step * Math.sin(angle))])
    const blurred = Buffer.alloc(data.length)
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let channel = 0; channel < 3; channel++) {
          let sum = 0
          for (const [dx, dy] of shifts) {
            const row = Math.max(0, Math.min(height - 1, y + dy))
            const column = Math.max(0, Math.min(width - 1, x + dx))
            sum += data[(row * width + column) * 3 + channel]
          }
          blurred[(y * width + x) * 3 + channel] = Math.round(sum / length)
        }
      }
    }
    return png(picture, blurred)
  }
}

/** Black where the mask (white is kept) is black; the seed picks one of the masks, resized to the picture. */
export function holes(masks) {
  return async (picture, seed) => {
    const { width, height, data } = picture
    const mask = await sharp(masks[seed % masks.length])
      .resize(width, height, { fit: 'fill', kernel: 'nearest' })
      .greyscale()
      .raw()
      .toBuffer()
    return png(
      picture,
      data.map((value, i) => (mask[Math.floor(i / 3)] > 127 ? value : 0)),
    )
  }
}
