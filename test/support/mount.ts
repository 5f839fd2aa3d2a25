import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const mount = (...args: string[]) => spawnSync('mount', args).status === 0

/** A disk in memory that goes when the test ends. */
export function mountDisk(size: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'uir-disk-'))
  if (!mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder))
    throw new Error(`${folder} cannot be mounted`)
  onTestFinished(() => {
    spawnSync('umount', [folder])
    rmdirSync(folder)
  })
  return folder
}

/** Forbids all writing to a disk. */
export function makeReadOnly(folder: string): void {
  if (!mount('-o', 'remount,ro', folder)) throw new Error(`${folder} cannot be made read-only`)
}

/** Whether this user may mount disks. */
export const canMount = (() => {
  const folder = mkdtempSync(join(tmpdir(), 'uir-disk-'))
  const isMounted = mount('-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', folder)
  if (isMounted) spawnSync('umount', [folder])
  rmdirSync(folder)
  return isMounted
})()
