import { createHash } from 'node:crypto'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_PACK } from '../../src/pack/default.ts'
import { temporaryFolder } from './command.ts'

/** An ONNX graph with the inputs and outputs of the default pack's restorer, and Identity between image and restored. */
const GRAPH = Buffer.from(
  'CAg6lwEKGwoFaW1hZ2USCHJlc3RvcmVkIghJZGVudGl0eRIEZmFzdFoqCgVpbWFnZRIhCh8IARIbCgIIAQoCCAMKCBIGaGVpZ2h0CgcSBXdpZHRo' +
    'WhcKBXByaW9yEg4KDAgBEggKAggBCgIIEGItCghyZXN0b3JlZBIhCh8IARIbCgIIAQoCCAMKCBIGaGVpZ2h0CgcSBXdpZHRoQgIQEg==',
  'base64',
)

/** The default pack with a network that changes nothing and takes no time, for large images. */
export function idlePack(): string {
  const folder = join(temporaryFolder(), 'idle')
  cpSync(DEFAULT_PACK, folder, { recursive: true })
  writeFileSync(join(folder, 'restorer.onnx'), GRAPH)
  const file = join(folder, 'pack.json')
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  manifest.files['restorer.onnx'] = createHash('sha256').update(GRAPH).digest('hex')
  writeFileSync(file, JSON.stringify(manifest))
  return folder
}
