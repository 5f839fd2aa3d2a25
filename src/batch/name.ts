import { join, parse } from 'node:path'
import { UirError } from '../errors.ts'
import { EXTENSIONS, type Format, formatOfName } from '../image/format.ts'

/** The template that mirrors the inputs. */
export const MIRROR = '{dir}/{name}.{ext}'

const ENDING = '.{ext}'

const FIELDS = /\{(\w*)\}/g

/**
 * Checks a template for output names.
 *
 * @throws {UirError} `usage`
 */
export function checkTemplate(template: string): string {
  for (const [field, name = ''] of template.matchAll(FIELDS)) {
    if (!['dir', 'name', 'ext'].includes(name)) {
      throw new UirError('usage', `--name knows no ${field}`, 'use {dir}, {name} and {ext}')
    }
  }
  if (!template.endsWith(ENDING)) {
    throw new UirError('usage', `--name ${template} must end with ${ENDING}`, '--format chooses the format')
  }
  if (template.split(/[/\\]/).includes('..')) {
    throw new UirError('usage', `--name ${template} leads out of the output folder`, 'choose another with -o')
  }
  return template
}

/**
 * The name of a result.
 *
 * @param place of the input below its folder
 * @param format that the result is converted to
 */
export function renderName(template: string, place: string, format: Format | undefined): string {
  const { dir, name, ext } = parse(place)
  const isKept = format === undefined || formatOfName(place) === format
  const ending = isKept ? ext : `.${EXTENSIONS[format][0]}`
  const stem = template.slice(0, -ENDING.length)
  return join(
    '.',
    stem.replaceAll(FIELDS, (_, field) => ({ dir, name, ext: ext.slice(1) })[field as 'dir']) + ending,
  )
}
