import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Command } from 'commander'
import type { z } from 'zod'
import { refuse } from '#shared/errors.ts'
import { inputFaults } from '#shared/input-words.ts'
import { type CliContext, note, optionsOf } from './context.ts'
import type { Io } from './io.ts'

/**
 * A document of JSON from a file, or from standard input for `-`, parsed by a schema.
 * @param strange is told the places of members that the schema does not know and that were left out
 */
export async function readJson<T>(
  io: Io,
  from: string,
  schema: z.ZodType<T>,
  strange?: (places: readonly string[]) => void,
): Promise<T> {
  const content = from === '-' ? await text(io.stdin) : await readText(resolve(io.cwd(), from), from)
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (error) {
    const what = from === '-' ? 'Standard input' : from
    throw refuse('USAGE_JSON', {}, `${what} is not JSON: ${(error as Error).message}`)
  }
  const outcome = schema.safeParse(value)
  if (outcome.success) {
    const places = unknownMembers(value, outcome.data)
    if (places.length > 0) strange?.(places)
    return outcome.data
  }
  throw refuse('WORKSPACE_BAD_INPUT', { issues: inputFaults(outcome.error.issues) })
}

/**
 * Says on standard error which members were left out. One that nobody knows is a slip of the pen, or of a later
 * version: an amount without it may be wrong.
 */
export function tellStrange(context: CliContext, command: Command): (places: readonly string[]) => void {
  return places =>
    note(
      context,
      optionsOf(command).quiet,
      `Not known, and left out: ${places.slice(0, 10).join(', ')}${places.length > 10 ? ', …' : ''}.`,
    )
}

/** The places of members that were given and are not in what was understood. */
function unknownMembers(given: unknown, understood: unknown, at = ''): string[] {
  if (typeof given !== 'object' || given === null || typeof understood !== 'object' || understood === null)
    return []
  return Object.entries(given).flatMap(([member, inner]) => {
    const path = at === '' ? member : `${at}.${member}`
    return Object.hasOwn(understood, member)
      ? unknownMembers(inner, Reflect.get(understood, member), path)
      : [path]
  })
}

async function readText(path: string, shown: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw refuse('FILE_UNKNOWN', { file: shown }, `There is no file ${shown}.`)
    throw error
  }
}
