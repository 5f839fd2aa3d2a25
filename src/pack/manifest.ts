import { z } from 'zod'
import { NORMS } from './norm.ts'

// A name from the manifest becomes a path: it must stay inside the pack.
const fileName = z
  .string()
  .regex(/^(?!.*(?:^|\/)\.\.?(?:\/|$))[^/\\\0][^\\\0]*$/, 'must be a relative path inside the pack')

const degradation = z.string().regex(/^[a-z][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens')

const probability = z.number().min(0).max(1)

const pixels = z.int().positive()

const manifestSchema = z
  .object({
    format: z.literal(1),
    name: z.string().min(1),
    version: z.string().min(1),
    license: z.string().min(1),
    /** Order of the rows of the bank. */
    degradations: z.array(degradation).min(1),
    /** `multiple`, `tile` and `overlap` in pixels. */
    restorer: z.object({
      graph: fileName,
      weights: fileName,
      multiple: pixels,
      tile: pixels,
      overlap: z.int().nonnegative(),
    }),
    /**
     * `view` in pixels: the side of every view; `grid` local views along each side of the image. `scores`: the
     * degradations whose scores the prior begins with; `told`: those that it may be told by hand.
     */
    router: z.object({
      graph: fileName,
      weights: fileName,
      bank: fileName,
      view: pixels,
      grid: z.int().positive(),
      scores: z.array(degradation).default([]),
      told: z.array(degradation).default([]),
    }),
    /** `importance`: what a degradation counts beside others where weights are shared out, 1 where absent. */
    selection: z.object({
      topK: z.int().positive(),
      norm: z.enum(NORMS),
      step: z.number().positive().max(1),
      thresholds: z.record(z.string(), probability),
      importance: z.record(z.string(), z.number().positive()).default({}),
    }),
    experts: z.record(degradation, fileName),
    files: z.record(fileName, z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal')),
  })
  .superRefine((manifest, context) => {
    const { restorer, router, experts, files, degradations, selection } = manifest
    const used = [restorer.graph, restorer.weights, router.graph, router.weights, router.bank]
    for (const folder of Object.values(experts)) {
      used.push(`${folder}/adapter_config.json`, `${folder}/adapter_model.safetensors`)
    }
    for (const file of used) {
      if (!(file in files)) context.addIssue(`files lacks the checksum of ${file}`)
    }
    for (const name of degradations) {
      if (!(name in selection.thresholds)) context.addIssue(`selection.thresholds lacks ${name}`)
      if (!(name in experts)) context.addIssue(`experts lacks ${name}`)
    }
    for (const name of Object.keys(selection.importance)) {
      if (!degradations.includes(name))
        context.addIssue(`selection.importance names ${name}, which is unknown`)
    }
    for (const name of router.told) {
      if (!router.scores.includes(name)) context.addIssue(`router.scores lacks ${name}`)
    }
    if (restorer.tile % restorer.multiple !== 0)
      context.addIssue('restorer.tile must divide by restorer.multiple')
    if (restorer.overlap * 2 >= restorer.tile) context.addIssue('restorer.overlap must be under half a tile')
  })

/** What `pack.json` says: names, graphs, weights, how scores become a mix, and a checksum for every file. */
export type Manifest = z.infer<typeof manifestSchema>

/** How scores become a mix, unless the command line says otherwise. */
export type Selection = Manifest['selection']

/**
 * Checks the text of a `pack.json`.
 *
 * @throws {Error} with one line that names the field
 */
export function parseManifest(text: string): Manifest {
  const result = manifestSchema.safeParse(JSON.parse(text))
  if (result.success) return result.data
  const { path, message } = result.error.issues[0]!
  throw new Error(path.length > 0 ? `${path.join('.')}: ${message}` : message)
}
