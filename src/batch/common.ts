import { dirname, resolve, sep } from 'node:path'

/** The deepest folder that holds all files. */
export function commonFolder(files: readonly string[]): string {
  let folder = dirname(resolve(files[0] ?? '.'))
  for (const file of files) {
    while (!resolve(file).startsWith(folder.endsWith(sep) ? folder : folder + sep)) folder = dirname(folder)
  }
  return folder
}
