import { z } from 'zod'
import { UirError } from '../errors.ts'
import { decodeFloat16 } from './float16.ts'

/** Where a tensor lies in the packed float32 data, in elements. */
export interface TensorEntry {
  readonly shape: readonly number[]
  readonly offset: number
  readonly length: number
}

/**
 * Tensors in memory, always float32, packed without gaps in the order of the file: the bytes that a graph's
 * external data points into.
 */
export interface Weights {
  readonly data: Float32Array
  readonly tensors: ReadonlyMap<string, TensorEntry>
  readonly metadata: Readonly<Record<string, string>>
}

/** One named tensor to write. */
export interface Tensor {
  readonly shape: readonly number[]
  readonly data: Float32Array
}

const size = z.int().nonnegative()

const entrySchema = z.object({
  dtype: z.enum(['F16', 'BF16', 'F32']),
  shape: z.array(size),
  data_offsets: z.tuple([size, size]),
})

const headerSchema = z.record(z.string(), z.unknown())

const metadataSchema = z.record(z.string(), z.string())

const BYTES = { F16: 2, BF16: 2, F32: 4 } as const

// The limit of the reference implementation: a longer header is an attack or a broken file.
const MAX_HEADER_BYTES = 100_000_000

const PREFIX_BYTES = 8

/**
 * Reads a safetensors file (https://github.com/huggingface/safetensors#format) and expands it to float32.
 *
 * @param bytes the whole file
 * @param name of the file, for messages
 * @throws {UirError} `pack` when the header lies about the file
 */
export function parseSafetensors(bytes: Uint8Array, name: string): Weights {
  try {
    return parse(bytes)
  } catch (cause) {
    const why = cause instanceof z.ZodError ? cause.issues[0]!.message : (cause as Error).message
    throw new UirError('pack', `${name} is no usable safetensors file: ${why}`, 'replace the file', { cause })
  }
}

function parse(bytes: Uint8Array): Weights {
  const headerBytes = readHeaderLength(bytes)
  const text = new TextDecoder('utf-8', { fatal: true }).decode(
    bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + headerBytes),
  )
  const { __metadata__, ...rest } = headerSchema.parse(JSON.parse(text))
  const body = bytes.subarray(PREFIX_BYTES + headerBytes)
  const entries = Object.entries(rest).map(([name, value]) => ({ name, ...entrySchema.parse(value) }))
  entries.sort((a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1])

  const tensors = new Map<string, TensorEntry>()
  let end = 0
  let total = 0
  for (const { name, dtype, shape, data_offsets } of entries) {
    const length = shape.reduce((product, side) => product * side, 1)
    if (data_offsets[0] !== end)
      throw new Error(`the data of ${name} overlaps another tensor or leaves a gap`)
    end = data_offsets[1]
    if (end - data_offsets[0] !== length * BYTES[dtype])
      throw new Error(`the size of ${name} contradicts its shape`)
    tensors.set(name, { shape, offset: total, length })
    total += length
  }
  if (end !== body.length)
    throw new Error(`it holds ${body.length} bytes of data where its header says ${end}`)

  const data = new Float32Array(total)
  for (const { name, dtype, data_offsets } of entries) {
    const [begin, end] = data_offsets.map(offset => body.byteOffset + offset)
    data.set(decode(body.buffer.slice(begin, end), dtype), tensors.get(name)!.offset)
  }
  return { data, tensors, metadata: metadataSchema.parse(__metadata__ ?? {}) }
}

function readHeaderLength(bytes: Uint8Array): number {
  if (bytes.length < PREFIX_BYTES) throw new Error('it is shorter than a header')
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)
  if (length > MAX_HEADER_BYTES || Number(length) > bytes.length - PREFIX_BYTES) {
    throw new Error('its header is longer than the file')
  }
  return Number(length)
}

function decode(bytes: ArrayBufferLike, dtype: keyof typeof BYTES): Float32Array {
  if (dtype === 'F32') return new Float32Array(bytes)
  const halves = new Uint16Array(bytes)
  if (dtype === 'F16') return decodeFloat16(halves)
  // bfloat16 is the upper half of a float32.
  return new Float32Array(Uint32Array.from(halves, half => half << 16).buffer)
}

/** The values of one tensor, a view into the packed data. */
export function tensorData(weights: Weights, { offset, length }: TensorEntry): Float32Array {
  return weights.data.subarray(offset, offset + length)
}

/** Writes tensors as a float32 safetensors file, in the order given. */
export function serializeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata }
  let end = 0
  for (const [name, { shape, data }] of tensors) {
    const begin = end
    end += data.byteLength
    header[name] = { dtype: 'F32', shape, data_offsets: [begin, end] }
  }
  const json = new TextEncoder().encode(JSON.stringify(header))
  // Spaces after the header align the data to eight bytes, as the format advises.
  const headerBytes = Math.ceil(json.length / 8) * 8
  const file = new Uint8Array(PREFIX_BYTES + headerBytes + end).fill(
    0x20,
    PREFIX_BYTES,
    PREFIX_BYTES + headerBytes,
  )
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true)
  file.set(json, PREFIX_BYTES)
  let at = PREFIX_BYTES + headerBytes
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)
    at += data.byteLength
  }
  return file
}
