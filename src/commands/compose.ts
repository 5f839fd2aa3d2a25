import type { Command } from 'commander'
import { UirError } from '../errors.ts'

export function configure(command: Command): void {
  command.action(() => {
    throw new UirError('internal', 'compose is not written yet')
  })
}
