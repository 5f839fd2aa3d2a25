import { expect, test } from 'vitest'
import { parseSafetensors, serializeSafetensors, tensorData } from '../../src/pack/safetensors.ts'

/** A file with the header as given, however wrong. */
function file(header: unknown, body: number[] = [], length?: bigint): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header))
  const bytes = new Uint8Array(8 + json.length + body.length)
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true)
  bytes.set(json, 8)
  bytes.set(body, 8 + json.length)
  return bytes
}

test('what is written is read again', () => {
  const tensors = new Map([
    ['b.weight', { shape: [2, 1, 3], data: Float32Array.of(1, -2, 3.5, 1e-20, 0, -0) }],
    ['a', { shape: [], data: Float32Array.of(7) }],
    ['none', { shape: [0, 4], data: new Float32Array() }],
  ])
  const weights = parseSafetensors(serializeSafetensors(tensors, { format: 'pt' }), 'x')
  expect([...weights.tensors.keys()]).toEqual(['b.weight', 'a', 'none'])
  expect(weights.metadata).toEqual({ format: 'pt' })
  for (const [name, { shape, data }] of tensors) {
    const entry = weights.tensors.get(name)!
    expect(entry.shape).toEqual(shape)
    expect(tensorData(weights, entry)).toEqual(data)
  }
})

test('halves and brain floats expand into one packed buffer, in the order of the data', () => {
  const header = {
    last: { dtype: 'F32', shape: [1], data_offsets: [6, 10] },
    half: { dtype: 'F16', shape: [2], data_offsets: [0, 4] },
    brain: { dtype: 'BF16', shape: [1], data_offsets: [4, 6] },
  }
  const weights = parseSafetensors(file(header, [0x00, 0x3c, 0x00, 0xc0, 0xc0, 0x3f, 0, 0, 0x80, 0x40]), 'x')
  expect(weights.data).toEqual(Float32Array.of(1, -2, 1.5, 4))
  expect([...weights.tensors].map(([name, { offset }]) => [name, offset])).toEqual([
    ['half', 0],
    ['brain', 2],
    ['last', 3],
  ])
})

const tensor = (data_offsets: number[], shape = [1], dtype = 'F32') => ({ dtype, shape, data_offsets })

test.each([
  ['an empty file', new Uint8Array(), 'shorter than a header'],
  ['a picture', new Uint8Array(64).fill(0xff), 'header is longer than the file'],
  ['a header past the end', file({}, [], 1000n), 'header is longer than the file'],
  ['a header of petabytes', file({}, [], 2n ** 60n), 'header is longer than the file'],
  ['no JSON', file('{"a": '), 'JSON'],
  ['a list', file([]), 'record'],
  ['data past the end', file({ a: tensor([0, 4]) }, [0, 0]), 'header says 4'],
  ['data left over', file({ a: tensor([0, 4]) }, [0, 0, 0, 0, 0]), 'header says 4'],
  ['an overlap', file({ a: tensor([0, 4]), b: tensor([2, 6]) }, [0, 0, 0, 0, 0, 0]), 'overlaps'],
  ['a gap', file({ a: tensor([4, 8]) }, [0, 0, 0, 0, 0, 0, 0, 0]), 'gap'],
  ['offsets in reverse', file({ a: tensor([4, 0]) }, [0, 0, 0, 0]), 'gap'],
  [
    'a shape too large',
    file({ a: tensor([0, 4], [2 ** 40, 2 ** 40]) }, [0, 0, 0, 0]),
    'contradicts its shape',
  ],
  ['a negative side', file({ a: tensor([0, 4], [-1]) }, [0, 0, 0, 0]), '>=0'],
  ['another type', file({ a: tensor([0, 8], [1], 'F64') }, [0, 0, 0, 0, 0, 0, 0, 0]), 'F16'],
])('%s is refused with the name of the file', (_, bytes, why) => {
  expect(() => parseSafetensors(bytes, 'evil.safetensors')).toThrow(
    expect.objectContaining({ code: 'pack', message: expect.stringMatching(/^evil\.safetensors /) }),
  )
  expect(() => parseSafetensors(bytes, 'evil.safetensors')).toThrow(why)
})
