/** How image files begin, those that the decoder will refuse included. A dot stands for any byte. */
const SIGNATURES = [
  '\xff\xd8\xff', // JPEG
  '\x89PNG',
  'RIFF....WEBP',
  '....ftyp(avi|hei|hev|mif|msf)', // AVIF, HEIC
  'II[*+]\0', // TIFF and what is built on it, as most raw formats are
  'MM\0[*+]',
  'GIF8',
  'BM',
  '8BPS', // Photoshop
  '\xff\x0a', // JPEG XL
  '\0\0\0\x0c(JXL|jP) ', // JPEG XL and JPEG 2000
]

const IMAGE = new RegExp(`^(${SIGNATURES.join('|')})`, 's')

const LENGTH = 16

/**
 * Whether a file was meant as an image. The first bytes alone decide, because a damaged image is one too (file-type, which
 * names intact files, knows no TIFF without its directory); so is what is empty or begins with zeros, as a file that a
 * full disk or a power cut emptied.
 */
export function isMeantAsImage(bytes: Uint8Array): boolean {
  const start = bytes.subarray(0, LENGTH)
  return start.every(byte => byte === 0) || IMAGE.test(Buffer.from(start).toString('latin1'))
}
