/**
 * How an embedded ICC profile is treated: `keep` leaves the samples as they are and the profile on the file,
 * `convert` works in sRGB and converts back, `drop` works in sRGB and writes sRGB.
 */
export type ProfileUse = 'keep' | 'convert' | 'drop'

/** Offset of the colour space signature in the profile header (ICC.1:2022, 7.2). */
const COLOUR_SPACE = 16

/** The tag table follows the header of 128 bytes: a count, then signature, offset and size of each tag. */
const TAG_TABLE = 128

/**
 * Decides how to treat a profile. Where its curve is about that of sRGB, as in Display P3 and Adobe RGB, the samples
 * are what the network has learnt, but for primaries; a conversion to sRGB would clip all colours outside of it.
 */
export function profileUse(icc: Uint8Array | undefined, space: string): ProfileUse {
  if (space === 'cmyk') return 'drop'
  if (icc === undefined) return 'keep'
  const bytes = Buffer.from(icc.buffer, icc.byteOffset, icc.length)
  if (bytes.toString('latin1', COLOUR_SPACE, COLOUR_SPACE + 4) === 'GRAY') return 'keep'
  const light = middleLight(bytes)
  return light > 0.15 && light < 0.3 ? 'keep' : 'convert'
}

/** The light that a red sample of one half stands for, 0.21 in sRGB; NaN in a profile without a curve. */
function middleLight(icc: Buffer): number {
  const at = curveOffset(icc)
  if (at === undefined || at + 24 > icc.length) return Number.NaN
  // A parametric curve: the gamma, then scale and offset of the sample before it (ICC.1:2022, 10.18).
  if (icc.toString('latin1', at, at + 4) === 'para') {
    const parameter = (index: number) => icc.readInt32BE(at + 12 + 4 * index) / 65536
    return icc.readUInt16BE(at + 8) === 0
      ? 0.5 ** parameter(0)
      : (parameter(1) / 2 + parameter(2)) ** parameter(0)
  }
  // A table of samples; one alone is a gamma, none is the identity (10.6).
  const count = icc.readUInt32BE(at + 8)
  if (count === 0) return 0.5
  if (count === 1) return 0.5 ** (icc.readUInt16BE(at + 12) / 256)
  const middle = at + 12 + 2 * Math.floor(count / 2)
  return middle + 2 > icc.length ? Number.NaN : icc.readUInt16BE(middle) / 65535
}

function curveOffset(icc: Buffer): number | undefined {
  const tag = icc.indexOf('rTRC', TAG_TABLE, 'latin1')
  return tag < 0 || tag + 12 > icc.length ? undefined : icc.readUInt32BE(tag + 4)
}
