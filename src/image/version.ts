import sharp from 'sharp'

/** The versions of sharp and of the image library under it. */
export const codecVersions: { readonly sharp: string; readonly vips: string } = {
  sharp: sharp.versions.sharp ?? 'unknown',
  vips: sharp.versions.vips,
}
