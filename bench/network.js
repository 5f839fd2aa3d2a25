// A process that runs the base network on empty tiles, and nothing else: the floor under every restoration.
import { once } from 'node:events'
import { Tensor } from 'onnxruntime-node'
import { createSession } from '../dist/engine/session.js'
import { openPack, readPackWeights } from '../dist/pack/pack.js'

const [{ tiles, prior }] = await once(process, 'message')
const pack = await openPack()
const { restorer } = pack.manifest
const session = await createSession(pack, restorer, await readPackWeights(pack, restorer.weights), 'cpu')

async function run([width, height]) {
  const image = new Tensor('float32', new Float32Array(3 * width * height).fill(0.5), [1, 3, height, width])
  await session.run({ image, prior: new Tensor('float32', new Float32Array(prior), [1, prior]) })
}

await run(tiles[0])
process.send('ready')
await once(process, 'message')
const start = performance.now()
for (const tile of tiles) await run(tile)
process.send((performance.now() - start) / 1000)
process.disconnect()
