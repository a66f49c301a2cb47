import { z } from 'zod'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { type PackedRows, unpackRows } from '../database/packed-rows.ts'
import type { SyncRow } from '../database/sync-rows.ts'
import type {
  BatchPart,
  FeedPage,
  PushAnswer,
  PushedCommand,
  Reset,
  SnapshotPage,
  SyncServer,
} from './protocol.ts'

/*
 * The protocol as bytes. Every message is one text of canonical JSON, which carries int64 and bytes exactly, of a
 * media type of its own: whatever comes with another type (a page to sign in to a hotel's network, the error of a
 * proxy) is no answer of ours. Both sides parse what they receive by the schemas below.
 */

/** The media type of every message. */
export const SYNC_MEDIA_TYPE = 'application/vnd.quarterdeck.sync+json'
/** Where the protocol's first version is served. */
export const SYNC_PATH = '/sync/v1'

/** A message is at most this long, in bytes, before it is compressed. */
export const MOST_MESSAGE = 64 * 1024 * 1024
/** Commands of one push. */
const MOST_COMMANDS = 1000
/** The longest input of a command, in characters. */
const MOST_INPUT = 4 * 1024 * 1024

const Int = z.bigint()
const Name = z.string().min(1).max(200)
const Key = z.string().max(4000)
const Scope = z.enum(['everyone', 'finance', 'operations'])
const Number32 = z.int().min(0).max(1_000_000_000)

const Build = z.object({ protocol: Number32, schema: Number32, since: Number32 })
const Basis = z.object({ scopes: z.array(Scope).max(3), server: Number32, desk: Number32 })
const Head = z.string().max(200)
const Answered = z.object({ version: Int, head: Head })
/** A release that does not say it yet leaves it out. */
const Read = Answered.nullable().default(null)
const Place = z.object({
  version: Int,
  table: Name.nullable(),
  row: Key.nullable(),
  head: Head,
  read: Read,
})
const SnapshotPosition = z.object({
  start: Int,
  head: Head,
  table: Name,
  after: Key.nullable(),
  basis: Basis,
  read: Read,
})
const Facts = z.object({ name: z.string(), zone: z.string(), currency: z.string(), demo: Int })

/**
 * Rows are many: their values are checked by hand, which takes a tenth of the time. What a column may hold is
 * decided where the row is stored.
 */
export const Row = z.custom<SyncRow>(value => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  for (const name in value) {
    const column = (value as Record<string, unknown>)[name]
    switch (typeof column) {
      case 'string':
      case 'bigint':
      case 'number':
        continue
      default:
        if (column !== null && !(column instanceof Uint8Array)) return false
    }
  }
  return true
}, 'a row holds texts, numbers, bytes and nothing')
const ChangedRow = z.object({ table: Name, key: Key, row: Row.nullable() })
const ChangedRows = z.array(ChangedRow).max(100_000)

const Packed: z.ZodType<PackedRows> = z
  .object({
    table: Name,
    columns: z
      .array(z.object({ name: Name, kind: z.enum(['text', 'int', 'real', 'blob']) }))
      .min(1)
      .max(1000),
    rows: z.int().min(0).max(100_000),
    cells: z.string(),
  })
  .refine(isPacked, 'the cells are not those of the columns')

/** Reading the cells takes a hundredth of what storing them does: a page that cannot be stored is not kept. */
function isPacked(packed: PackedRows): boolean {
  try {
    unpackRows(packed)
    return true
  } catch {
    return false
  }
}

const Signature = z.object({
  keyId: z.string().max(200),
  text: z.string().max(20_000),
  signature: z.string().max(1000),
})
const Command: z.ZodType<PushedCommand> = z.object({
  id: z.uuid(),
  command: Name,
  commandVersion: Int,
  actor: z.uuid().nullable(),
  device: Name,
  assurance: Name,
  at: Int,
  input: z.string().max(MOST_INPUT),
  signed: Signature.nullable(),
  attempts: Int,
})
const Answer: z.ZodType<PushAnswer> = z.discriminatedUnion('outcome', [
  z.object({ id: z.uuid(), outcome: z.literal('done'), version: Int, head: Head, result: z.unknown() }),
  z.object({
    id: z.uuid(),
    outcome: z.literal('refused'),
    code: Name,
    data: z.unknown(),
    current: ChangedRows,
  }),
  z.object({ id: z.uuid(), outcome: z.literal('failed'), reference: z.string().max(200) }),
])
const ResetAnswer: z.ZodType<Reset> = z.object({
  kind: z.literal('reset'),
  reason: z.enum(['floor', 'history', 'scopes', 'schema']),
  basis: Basis,
})
const FeedAnswer: z.ZodType<FeedPage> = z.object({
  kind: z.literal('feed'),
  rows: ChangedRows,
  end: Place,
  complete: z.boolean(),
  facts: Facts,
})
const SnapshotAnswer: z.ZodType<SnapshotPage> = z.object({
  kind: z.literal('snapshot'),
  rows: ChangedRows,
  packed: z.array(Packed).max(10_000).default([]),
  next: SnapshotPosition.nullable(),
  start: Int,
  head: Head,
  basis: Basis,
  read: Read,
})
export const Bytes = z.custom<Uint8Array>(value => value instanceof Uint8Array, 'bytes')
const PartAnswer: z.ZodType<BatchPart> = z.object({ bytes: Bytes, parts: Number32 })

/** A question of the protocol and its answer. */
interface Exchange {
  readonly request: z.ZodType
  readonly answer: z.ZodType
}

/** Every question of `SyncServer`, by its name, which is its path too. */
export const exchanges = {
  hello: {
    request: Build,
    answer: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('welcome'), build: Build, scopes: z.array(Scope), now: Int }),
      z.object({ kind: z.literal('unfit'), older: z.enum(['desk', 'server']), build: Build }),
    ]),
  },
  push: {
    request: z.object({
      answered: Answered.nullable(),
      commands: z.array(Command).max(MOST_COMMANDS),
    }),
    answer: z.union([z.array(Answer).max(MOST_COMMANDS), ResetAnswer]),
  },
  pull: {
    request: z.object({
      basis: Basis,
      after: Place,
      answered: Answered.nullable(),
    }),
    answer: z.union([FeedAnswer, ResetAnswer]),
  },
  snapshot: {
    request: z.object({
      desk: Number32,
      position: SnapshotPosition.nullable(),
      packed: z.boolean().default(false),
    }),
    answer: z.union([SnapshotAnswer, ResetAnswer]),
  },
  batch: {
    request: z.object({ id: z.uuid(), part: Number32 }),
    answer: PartAnswer.nullable(),
  },
} satisfies { readonly [Name in keyof SyncServer]: Exchange }

export type ExchangeName = keyof typeof exchanges

/** What a server says where it cannot answer a question: a code, its data and a sentence. */
export const Problem = z.object({ code: Name, message: z.string().max(2000), data: z.unknown() })
export type Problem = z.infer<typeof Problem>

/** A message was not of the agreed form. */
export class NotOurs extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'NotOurs'
  }
}

/** A message as bytes. */
export function encode(message: unknown): Uint8Array {
  return new TextEncoder().encode(canonicalJson(message))
}

/**
 * The message of these bytes.
 * @throws NotOurs what the schema does not take, with the place
 */
export function decode<T>(schema: z.ZodType<T>, bytes: Uint8Array): T {
  let message: unknown
  try {
    message = fromCanonical(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    throw new NotOurs('this is no message of the protocol', { cause: error })
  }
  const parsed = schema.safeParse(message)
  if (parsed.success) return parsed.data
  // What failed has an issue at least.
  const issue = parsed.error.issues[0]!
  throw new NotOurs(`${issue.path.join('.')}: ${issue.message}`)
}
