import type { Format } from './format.ts'

/** Pixels that an image may have unless told otherwise: a small file may claim any number, to use up all memory. */
export const MAX_PIXELS = 500_000_000

export type Samples = Uint8Array | Uint16Array

/** A decoded image, upright. */
export interface Image {
  /** Pixels. */
  readonly width: number
  /** Pixels. */
  readonly height: number
  /** RGB or RGB with alpha; a gray image has three equal colour channels. */
  readonly channels: 3 | 4
  /**
   * Interleaved, row by row, 0..255 or 0..65535 by type, with a transfer curve like that of sRGB. The primaries are
   * those of the profile of the file.
   */
  readonly samples: Samples
  readonly origin: Origin
}

/** What encoding needs to know about the file that an image came from. */
export interface Origin {
  readonly format: Format
  readonly gray: boolean
  /** The profile to convert back to; absent where the samples have been left as they were. */
  readonly profile?: Uint8Array
  /** One pixel as PNG, with the EXIF, XMP and ICC blocks of the file. */
  readonly metadata: Uint8Array
  /** The IPTC segment of a JPEG file, which a PNG can't carry. */
  readonly iptc?: Uint8Array
  /** The EXIF block of a TIFF file as it was, with IPTC, for another one. */
  readonly exif?: Uint8Array
}

/** The largest sample value of an image: 255 or 65535. */
export function fullScale(samples: Samples): number {
  return samples.BYTES_PER_ELEMENT === 1 ? 255 : 65535
}

/** Raw bytes as samples, without a copy. */
export function samplesOf({ buffer, byteOffset, byteLength }: Uint8Array, deep: boolean): Samples {
  return deep
    ? new Uint16Array(buffer, byteOffset, byteLength / 2)
    : new Uint8Array(buffer, byteOffset, byteLength)
}
