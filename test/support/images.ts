import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

/** The path of a fixture. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url))
}

/** What a viewer shows: upright 8-bit sRGB on white. */
export async function shown(file: string | Uint8Array): Promise<Uint8Array> {
  const bytes = typeof file === 'string' ? readFileSync(file) : file
  return await sharp(bytes, { autoOrient: true })
    .flatten({ background: 'white' })
    .toColourspace('srgb')
    .raw()
    .toBuffer()
}

/** Mean and largest absolute difference of two equally large sets of samples. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): { mean: number; max: number } {
  if (a.length !== b.length) throw new RangeError(`Expected ${a.length} samples, got ${b.length}`)
  let sum = 0
  let max = 0
  for (let i = 0; i < a.length; i++) {
    const distance = Math.abs(a[i]! - b[i]!)
    sum += distance
    max = Math.max(max, distance)
  }
  return { mean: sum / a.length, max }
}

/** A smooth picture of any size: `value` gives each sample, 0..1. */
export function paint(
  width: number,
  height: number,
  channels: 3 | 4,
  value: (x: number, y: number, channel: number) => number,
): Uint16Array {
  const samples = new Uint16Array(width * height * channels)
  for (let i = 0; i < samples.length; i++) {
    const pixel = Math.floor(i / channels)
    samples[i] = Math.round(
      65535 * value((pixel % width) / width, Math.floor(pixel / width) / height, i % channels),
    )
  }
  return samples
}

/** A JPEG file with another segment, such as APP2 (0xe2), behind its first one. */
export function insertSegment(jpeg: Buffer, marker: number, payload: Uint8Array): Buffer {
  const at = 4 + jpeg.readUInt16BE(4)
  const length = payload.length + 2
  const head = Buffer.from([0xff, marker, length >> 8, length & 0xff])
  return Buffer.concat([jpeg.subarray(0, at), head, payload, jpeg.subarray(at)])
}

/** A gray TIFF file made of its tags alone: what no writer of this machine writes. */
export function tiff(tags: Readonly<Record<number, number>>): Buffer {
  const entries = Object.entries(tags).map(([tag, value]) => {
    const entry = Buffer.alloc(12)
    entry.writeUInt16LE(Number(tag), 0)
    entry.writeUInt16LE(4, 2)
    entry.writeUInt32LE(1, 4)
    entry.writeUInt32LE(value, 8)
    return entry
  })
  const count = Buffer.from([entries.length, 0])
  return Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), count, ...entries, Buffer.alloc(32)])
}

/** A little-endian TIFF or BigTIFF file with its pixels moved behind the directory, as cameras and scanners write it. */
export function pixelsLast(file: Buffer): Buffer {
  const isBig = file[2] === 43
  const [word, head, counter] = isBig ? [8, 8, 8] : [4, 4, 2]
  const read = (at: number, length: number) => file.readUIntLE(at, Math.min(length, 6))
  const moved = Buffer.concat([file, file.subarray(head + word)])
  const directory = read(head, word)
  for (let i = 0; i < read(directory, counter); i++) {
    const entry = directory + counter + i * (4 + 2 * word)
    if (![273, 324].includes(read(entry, 2))) continue
    const unit = read(entry + 2, 2) === 16 ? 8 : 4
    const count = read(entry + 4, word)
    const at = count * unit > word ? read(entry + 4 + word, word) : entry + 4 + word
    for (let k = 0; k < count; k++) {
      moved.writeUInt32LE(read(at + k * unit, unit) + file.length - head - word, at + k * unit)
    }
  }
  return moved
}
