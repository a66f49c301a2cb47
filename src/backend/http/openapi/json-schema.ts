import { z } from 'zod'

/** A JSON Schema, as far as documents need it. */
export type JsonSchema = { [name: string]: unknown }

const INT64: JsonSchema = { type: 'string', format: 'int64', pattern: '^-?\\d{1,19}$' }
/** In requests a number is taken too, where JSON carries it exactly. */
const INT64_GIVEN: JsonSchema = {
  anyOf: [INT64, { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }],
}

/**
 * A schema of the contract as JSON Schema 2020-12, in the form in which its values go over HTTP: an int64 is a
 * string of digits.
 */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: ({ zodSchema }) => {
      if (zodSchema._zod.def.type !== 'bigint') return 'any'
      return (io === 'input' ? { ...INT64_GIVEN } : { ...INT64 }) as z.core.JSONSchema.BaseSchema
    },
  }) as JsonSchema
  return made
}
