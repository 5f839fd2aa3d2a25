import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { tensorData, type Weights } from './safetensors.ts'

// Field numbers of https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
const MODEL_GRAPH = 7
const GRAPH_INITIALIZER = 5
const TENSOR_NAME = 8
const TENSOR_RAW_DATA = 9
const TENSOR_EXTERNAL_DATA = 13
const TENSOR_DATA_LOCATION = 14

/**
 * Puts the weights inside a graph, so that one file is a whole network. Everything else in the graph is copied
 * byte for byte.
 *
 * @param graph an ONNX model whose initializers are external data
 * @param weights the tensors, by the names of the initializers
 * @throws {Error} when the graph is no protobuf or needs a tensor that the weights lack
 */
export function inlineWeights(graph: Uint8Array, weights: Weights): Uint8Array {
  return replaceField(graph, MODEL_GRAPH, body =>
    replaceField(body, GRAPH_INITIALIZER, tensor => inlineTensor(tensor, weights)),
  )
}

/** Copies a message with every occurrence of one embedded message replaced. */
function replaceField(
  message: Uint8Array,
  wanted: number,
  replace: (value: Uint8Array) => Uint8Array,
): Uint8Array {
  const reader = new BinaryReader(message)
  const writer = new BinaryWriter()
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    writer.tag(field, type)
    if (field === wanted) writer.bytes(replace(reader.bytes()))
    else writer.raw(reader.skip(type, field))
  }
  return writer.finish()
}

function inlineTensor(tensor: Uint8Array, weights: Weights): Uint8Array {
  const reader = new BinaryReader(tensor)
  const writer = new BinaryWriter()
  let name = ''
  let isExternal = false
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag()
    const value = reader.skip(type, field)
    if (field === TENSOR_NAME) name = new BinaryReader(value).string()
    if (field === TENSOR_EXTERNAL_DATA) isExternal = true
    else if (field !== TENSOR_DATA_LOCATION) writer.tag(field, type).raw(value)
  }
  if (!isExternal) return tensor
  const entry = weights.tensors.get(name)
  if (entry === undefined) throw new Error(`the graph needs a tensor ${name} that the weights lack`)
  const data = tensorData(weights, entry)
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return writer.tag(TENSOR_RAW_DATA, WireType.LengthDelimited).bytes(bytes).finish()
}
