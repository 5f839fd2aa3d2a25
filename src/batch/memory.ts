import { totalmem } from 'node:os'
import { SMALLEST } from '../engine/memory.ts'
import { UirError } from '../errors.ts'
import type { Manifest } from '../pack/manifest.ts'

// Bytes, from peaks of the resident set (VmHWM, Linux x64, default pack, ALLOCATOR) of the engine with one tile a job, six
// after another, and one mix: with 1 job 261 MiB at a side of 128 pixels, 327 at 512, 481 at 1024; with 2 jobs 341 at 128,
// 397 at 256, 622 at 512.
/** Node, libvips and the router. */
const PROCESS = 170e6
/** A worker thread with a network, 75 MB as measured, two more that it may keep, and tiles on their way. */
const WORKER = 130e6
/** The network's working memory, for each pixel of a tile. */
const TILE_PIXEL = 430

/** Room for images without which tiles are made smaller: a JPEG of 12 megapixels takes that (see footprint). */
const IMAGES = 200e6

/** How memory is used. */
export interface MemoryShare {
  /** Side of a tile in pixels. */
  readonly tile: number
  /** Bytes for the images that are under way. */
  readonly images: number
}

export interface MemoryWish {
  /** Bytes for the whole process; half of what the machine or its container has, by default. */
  readonly memory?: number | undefined
  /** Side of a tile in pixels; by default that of the pack, or less where memory is scarce. */
  readonly tile?: number | undefined
  /** Worker threads. */
  readonly jobs: number
}

/**
 * Shares memory out between tiles and images.
 *
 * @throws {UirError} `usage` when it is too little
 */
export function shareMemory(
  { tile: usual, overlap }: Manifest['restorer'],
  { memory, tile, jobs }: MemoryWish,
): MemoryShare {
  const fixed = (side: number) => PROCESS + jobs * (WORKER + TILE_PIXEL * side * side)
  const sides = tile === undefined ? halves(usual, Math.max(SMALLEST, 4 * overlap)) : [tile]
  const least = fixed(sides.at(-1)!) + IMAGES
  if (memory !== undefined && memory < least) {
    const what = `${megabytes(memory)} MB of --memory are too little for ${jobs} ${jobs === 1 ? 'job' : 'jobs'}`
    const fix = jobs === 1 ? '' : ' or use fewer --jobs'
    throw new UirError('usage', what, `give ${Math.ceil(least / 1e6)}MB or more${fix}`)
  }
  const total = memory ?? Math.max(least, machineMemory() / 2)
  const side = sides.find(candidate => fixed(candidate) + IMAGES <= total) ?? sides.at(-1)!
  return { tile: side, images: total - fixed(side) }
}

function halves(side: number, smallest: number): number[] {
  const half = Math.floor(side / 2)
  return half < smallest ? [side] : [side, ...halves(half, smallest)]
}

/** Bytes that this process may use. */
function machineMemory(): number {
  const limit = process.constrainedMemory()
  return Math.min(totalmem(), limit > 0 ? limit : Number.POSITIVE_INFINITY)
}

function megabytes(bytes: number): number {
  return Math.floor(bytes / 1e6)
}
