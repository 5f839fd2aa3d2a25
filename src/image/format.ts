/** The file formats that are read and written. */
export const FORMATS = ['jpeg', 'png', 'webp', 'avif', 'tiff'] as const

export type Format = (typeof FORMATS)[number]

/** Extensions of each format, the usual one first. */
export const EXTENSIONS: Readonly<Record<Format, readonly string[]>> = {
  jpeg: ['jpg', 'jpeg', 'jpe', 'jfif'],
  png: ['png'],
  webp: ['webp'],
  avif: ['avif'],
  tiff: ['tif', 'tiff'],
}

/** The format that a file name promises; content decides when a file is read. */
export function formatOfName(name: string): Format | undefined {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
  return FORMATS.find(format => EXTENSIONS[format].includes(extension))
}
