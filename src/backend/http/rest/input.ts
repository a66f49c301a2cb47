import type { z } from 'zod'

/** Makes what a contract takes out of what JSON can carry; null where JSON carries it as it is. */
export type Decode = (value: unknown) => unknown

type Schema = z.core.$ZodType
/** As much of a schema as is looked at here. */
interface Definition {
  readonly type: string
  readonly shape?: Readonly<Record<string, Schema>>
  readonly element?: Schema
  readonly innerType?: Schema
  readonly valueType?: Schema
  readonly in?: Schema
  readonly options?: readonly Schema[]
  readonly items?: readonly Schema[]
}

const INT64 = { least: -(2n ** 63n), most: 2n ** 63n - 1n }
const DIGITS = /^-?\d{1,19}$/
const decoders = new WeakMap<Schema, Decode | 'as-it-is'>()

export const definitionOf = (schema: Schema) => schema._zod.def as unknown as Definition

/**
 * How values of a schema are read from JSON: an int64 comes as a string of digits, or as a number that JSON
 * carries exactly. What cannot be read is left as it is, for the schema to refuse.
 */
export function decoderOf(schema: Schema): Decode | null {
  const known = decoders.get(schema)
  if (known !== undefined) return known === 'as-it-is' ? null : known
  const made = make(schema)
  decoders.set(schema, made ?? 'as-it-is')
  return made
}

function make(schema: Schema): Decode | null {
  const { type, shape, element, innerType, valueType, in: input, options } = definitionOf(schema)
  if (type === 'bigint') return int64
  if (shape) return members(shape)
  if (element) return items(element)
  if (valueType) return values(valueType)
  if (options) return firstThatFits(options)
  const inner = innerType ?? input
  return inner ? decoderOf(inner) : null
}

/** An int64 of JSON. */
export function int64(value: unknown): unknown {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value
  if (typeof value !== 'string' || !DIGITS.test(value)) return value
  const number = BigInt(value)
  return number < INT64.least || number > INT64.most ? value : number
}

function members(shape: Readonly<Record<string, Schema>>): Decode | null {
  const decoded = Object.entries(shape).flatMap(([name, member]) => {
    const decode = decoderOf(member)
    return decode ? [[name, decode] as const] : []
  })
  if (decoded.length === 0) return null
  return value => {
    if (!isRecord(value)) return value
    const copy = { ...value }
    for (const [name, decode] of decoded) if (copy[name] !== undefined) copy[name] = decode(copy[name])
    return copy
  }
}

function items(element: Schema): Decode | null {
  const decode = decoderOf(element)
  return decode && (value => (Array.isArray(value) ? value.map(decode) : value))
}

function values(member: Schema): Decode | null {
  const decode = decoderOf(member)
  if (!decode) return null
  return value =>
    isRecord(value)
      ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, decode(one)]))
      : value
}

/** Of several schemas the first that takes the value, as it is read for that schema. */
function firstThatFits(options: readonly Schema[]): Decode | null {
  const decoded = options.map(option => [option, decoderOf(option)] as const)
  if (decoded.every(([, decode]) => decode === null)) return null
  return value => {
    for (const [option, decode] of decoded) {
      const read = decode ? decode(value) : value
      if ((option as z.ZodType).safeParse(read).success) return read
    }
    return value
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The schema below what only says whether a value may be missing. */
export function bare(schema: Schema): Schema {
  const { type, innerType, in: input } = definitionOf(schema)
  const wraps = ['optional', 'nullable', 'default', 'prefault', 'nonoptional', 'catch', 'readonly', 'pipe']
  const inner = innerType ?? input
  return wraps.includes(type) && inner ? bare(inner) : schema
}

/** The members of an object's schema; none where it is no object. */
export function membersOf(schema: Schema | undefined): Readonly<Record<string, Schema>> {
  return schema ? (definitionOf(bare(schema)).shape ?? {}) : {}
}

const SCALARS = ['string', 'number', 'int', 'bigint', 'boolean', 'enum', 'literal', 'template_literal']

/** Whether a value of the schema is one word of an address. */
export function isScalar(schema: Schema): boolean {
  const { type, options } = definitionOf(bare(schema))
  return SCALARS.includes(type) || (type === 'union' && (options ?? []).every(isScalar))
}

/** Reads a parameter of an address: one word as its schema says, anything else as JSON. */
export function fromParameter(schema: Schema, text: string): unknown {
  const inner = bare(schema)
  const { type } = definitionOf(inner)
  if (type === 'number' || type === 'int') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text
  if (isScalar(inner)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
