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
