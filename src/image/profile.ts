/**
 * How an embedded ICC profile is treated: `keep` leaves the samples as they are and the profile on the file,
 * `convert` works in sRGB and converts back, `drop` works in sRGB and writes sRGB.
 */
export type ProfileUse = 'keep' | 'convert' | 'drop'

/** Offset of the colour space signature in the profile header (ICC.1:2022, 7.2). */
const COLOUR_SPACE = 16

/** Descriptions of profiles whose primaries and curve are those of sRGB: to convert would only cost precision. */
const SRGB = /^(sRGB|sRGB2014|c2|sRGB IEC61966-?2[.-]1.*|sRGB built-in|IEC 61966-2-1.*)$/

/** Decides how to treat a profile. Gray profiles differ from the sRGB curve by little, so gray samples are kept. */
export function profileUse(icc: Uint8Array | undefined, space: string): ProfileUse {
  if (space === 'cmyk') return 'drop'
  if (icc === undefined) return 'keep'
  const colours = Buffer.from(icc.subarray(COLOUR_SPACE, COLOUR_SPACE + 4)).toString('latin1')
  if (colours === 'GRAY') return 'keep'
  return SRGB.test(profileDescription(icc)) ? 'keep' : 'convert'
}

/** The text of the `desc` tag: ASCII in version 2, the first UTF-16 record in version 4 (ICC.1:2022, 9.2.41). */
export function profileDescription(icc: Uint8Array): string {
  const bytes = Buffer.from(icc.buffer, icc.byteOffset, icc.length)
  const tag = bytes.indexOf('desc', 128, 'latin1')
  if (tag < 0 || tag + 12 > bytes.length) return ''
  const at = bytes.readUInt32BE(tag + 4)
  if (at + 28 > bytes.length) return ''
  if (bytes.toString('latin1', at, at + 4) === 'desc') {
    const length = bytes.readUInt32BE(at + 8)
    return bytes.toString('latin1', at + 12, at + 12 + length).replace(/\0+$/, '')
  }
  const length = bytes.readUInt32BE(at + 20)
  const start = at + bytes.readUInt32BE(at + 24)
  return Buffer.from(bytes.subarray(start, start + length - (length % 2)))
    .swap16()
    .toString('utf16le')
}
