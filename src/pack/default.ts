import { fileURLToPath } from 'node:url'

/** The pack that ships with the program. */
export const DEFAULT_PACK = fileURLToPath(new URL('../../models/default', import.meta.url))
