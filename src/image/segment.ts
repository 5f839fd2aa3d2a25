/** Puts a segment behind the first one of a JPEG file, unless it is longer than a segment can be. */
export function insertSegment(jpeg: Buffer, marker: number, payload: Uint8Array): Buffer {
  const length = payload.length + 2
  if (length > 0xffff) return jpeg
  const at = 4 + jpeg.readUInt16BE(4)
  const head = Buffer.from([0xff, marker, length >> 8, length & 0xff])
  return Buffer.concat([jpeg.subarray(0, at), head, payload, jpeg.subarray(at)])
}
