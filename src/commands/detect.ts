import type { Command } from 'commander'
import { UirError } from '../errors.ts'

export function configure(command: Command): void {
  command.action(() => {
    throw new UirError('internal', 'detect is not written yet')
  })
}
