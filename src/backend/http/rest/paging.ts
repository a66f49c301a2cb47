import { createHash } from 'node:crypto'
import { refuse } from '#shared/errors.ts'
import { jsonText } from '../json-text.ts'
import { isRecord, membersOf } from './input.ts'
import { type Offered, schemasOf } from './offered.ts'

type Input = Readonly<Record<string, unknown>>
type Output = Readonly<Record<string, unknown>>

/** How a list goes on. The members that say where are the core's; programs get one opaque cursor. */
export interface Paging {
  /** Members of the input that the cursor stands for. */
  readonly instead: readonly string[]
  /** Where the next page begins, as members of the input; null at the end. */
  next(input: Input, output: Output): Input | null
}

const byOffset: Paging = {
  instead: ['offset'],
  next(input, output) {
    const offset = Number(input.offset ?? 0)
    const rows = Object.values(output).find(Array.isArray) ?? []
    const end = offset + rows.length
    const more = typeof output.count === 'number' ? output.count > end : rows.length === Number(input.limit)
    return more && rows.length > 0 ? { offset: end } : null
  },
}

/** Lists that go on from their last row. */
const BY_ROW: Readonly<Record<string, Paging>> = {
  'billing.usage.events': {
    instead: ['after'],
    next(_, { events, more }) {
      const last = (events as readonly { at: bigint; id: string }[]).at(-1)
      return more && last ? { after: { at: last.at, id: last.id } } : null
    },
  },
  'workspace.log.list': {
    instead: ['before'],
    next(_, { entries, more }) {
      const last = (entries as readonly { version: bigint }[]).at(-1)
      return more && last ? { before: last.version } : null
    },
  },
}

/** How the answer of a capability goes on; null where it is whole, or has a cursor of its own. */
export function pagingOf({ id, leaf, capability }: Offered): Paging | null {
  if (capability.kind !== 'query') return null
  const members = membersOf(schemasOf(leaf).input)
  return BY_ROW[id] ?? ('offset' in members && 'limit' in members ? byOffset : null)
}

/** A cursor: where to go on, and what was asked, because it is of use for the same question only. */
export function cursorOf(question: string, place: Input): string {
  return Buffer.from(jsonText({ place, of: digestOf(question) })).toString('base64url')
}

/**
 * Where a cursor goes on.
 * @throws Refusal `HTTP_CURSOR_INVALID` for a cursor of another question, or none of ours
 */
export function placeOf(question: string, cursor: unknown, paging: Paging): Input {
  try {
    const read: unknown = JSON.parse(Buffer.from(String(cursor), 'base64url').toString('utf8'))
    if (isRecord(read) && isRecord(read.place) && read.of === digestOf(question)) {
      const { place } = read
      if (Object.keys(place).every(name => paging.instead.includes(name))) return place
    }
  } catch {
    // Not one of ours.
  }
  throw refuse(
    'HTTP_CURSOR_INVALID',
    {},
    'A cursor is the `next` of an answer to the same question: the same filters, and the same order.',
  )
}

/** A question, apart from where its answer goes on and how much of it is asked for at once. */
export function questionOf(id: string, { cursor: _, limit: __, ...input }: Input): string {
  return `${id} ${jsonText(input, true)}`
}

function digestOf(question: string): string {
  return createHash('sha256').update(question).digest('base64url').slice(0, 16)
}
