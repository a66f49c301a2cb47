import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import type { z } from 'zod'
import { refuse } from '#shared/errors.ts'
import type { Io } from './io.ts'

/** A document of JSON from a file, or from standard input for `-`, parsed by a schema. */
export async function readJson<T>(io: Io, from: string, schema: z.ZodType<T>): Promise<T> {
  const content = from === '-' ? await text(io.stdin) : await readText(resolve(io.cwd(), from), from)
  let value: unknown
  try {
    value = JSON.parse(content)
  } catch (error) {
    const what = from === '-' ? 'Standard input' : from
    throw refuse('USAGE_JSON', {}, `${what} is not JSON: ${(error as Error).message}`)
  }
  const outcome = schema.safeParse(value)
  if (outcome.success) return outcome.data
  const issues = outcome.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw refuse('WORKSPACE_BAD_INPUT', { issues })
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
