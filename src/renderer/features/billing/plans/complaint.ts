import type { z } from 'zod'
import type { PriceProblem } from '#engines/billing/check-price.ts'
import { inputFaults, placeWords } from '#shared/input-words.ts'

/**
 * The first thing that was typed and cannot stand there, with its place in words; null where nothing is wrong or
 * something is only missing, which needs no telling off while a form is filled in.
 */
export function complaintOf(schema: z.ZodType, typed: unknown): string | null {
  const parsed = schema.safeParse(typed)
  if (parsed.success) return null
  const wrong = parsed.error.issues.find(({ path }) => {
    const value = valueAt(typed, path)
    return value !== '' && value !== undefined && value !== null
  })
  if (wrong === undefined) return null
  const [fault] = inputFaults([wrong])
  return fault === undefined ? null : sentence(fault.path, fault.message)
}

/** What the engine says against a price, with its place. */
export function problemText({ path }: PriceProblem, words: string): string {
  return sentence(path, words)
}

function sentence(path: string, words: string): string {
  const said = `${placeWords(path)}: ${words}.`
  return said.charAt(0).toUpperCase() + said.slice(1)
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )
}
