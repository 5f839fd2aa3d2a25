import sharp from 'sharp'

/** Width and height as the header of a file gives them; undefined when it can't be read. */
export async function measure(bytes: Uint8Array): Promise<{ width: number; height: number } | undefined> {
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata()
    return { width, height }
  } catch {
    return undefined
  }
}
