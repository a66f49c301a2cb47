import { everyEventsPart, sumsOfDay } from '#core/billing/usage/usage-content.ts'
import type { Reader, Store } from '#core/database/store.ts'
import { digestOf, type Id } from '#shared/ids.ts'
import { type CostKind, costPartText } from './cost-content.ts'

/*
 * Reading what is published and making its digests is most of the work of publishing, and needs nobody's turn: a host
 * with threads has it done beside the thread that answers, in the one for heavy questions.
 */

/** What a batch row says of its content. */
export interface ContentFacts {
  readonly digests: readonly string[]
  readonly bytes: number
  readonly rows: number
}

/** Content of one UTC day of usage, as it was when so many marks were set in `usage_days`. */
export interface DayFacts extends ContentFacts {
  readonly marks: bigint
}

/** Reads what is to be published. */
export interface ContentReader {
  /** The roll-ups of a day, from one snapshot, with the parts themselves. */
  sums(day: bigint): Promise<DayFacts & { readonly parts: readonly Uint8Array<ArrayBuffer>[] }>
  /** The events of a day; `marks` are from before the first was read. */
  events(day: bigint): Promise<DayFacts>
  /** What an import stored. */
  cost(kind: CostKind, source: string): Promise<Omit<ContentFacts, 'rows'>>
}

/** Reads in the thread that asks. */
export function createContentReader(store: Pick<Store, 'read'>, workspace: Id): ContentReader {
  return {
    async sums(day) {
      const { marks, rows, parts } = await store.read(workspace, async reader => ({
        marks: await marksOf(reader, day),
        ...(await sumsOfDay(reader, day)),
      }))
      const encoded = parts.map(text => new TextEncoder().encode(text))
      const bytes = encoded.reduce((sum, part) => sum + part.byteLength, 0)
      return { marks, rows, parts: encoded, digests: parts.map(digestOf), bytes }
    },
    async events(day) {
      const marks = await store.read(workspace, reader => marksOf(reader, day))
      const digests: string[] = []
      let bytes = 0
      let rows = 0
      // Slice by slice, so that nobody waits for it.
      for await (const part of everyEventsPart(work => store.read(workspace, work), day)) {
        digests.push(digestOf(part.text))
        bytes += Buffer.byteLength(part.text)
        rows += part.rows
      }
      return { marks, digests, bytes, rows }
    },
    async cost(kind, source) {
      const digests: string[] = []
      let bytes = 0
      for (;;) {
        const text = await store.read(workspace, reader => costPartText(reader, kind, source, digests.length))
        if (text === null) return { digests, bytes }
        digests.push(digestOf(text))
        bytes += Buffer.byteLength(text)
      }
    },
  }
}

async function marksOf(reader: Reader, day: bigint): Promise<bigint> {
  const { marks } = await reader.db
    .selectFrom('usage_days')
    .select('marks')
    .where('day', '=', day)
    .executeTakeFirstOrThrow()
  return marks
}

/** What crosses to a thread that reads. */
type ContentQuestion =
  | { readonly what: 'sums' | 'events'; readonly day: bigint }
  | { readonly what: 'cost'; readonly kind: CostKind; readonly source: string }

/** Answers what `askedContent` asks, in the thread that reads. */
export function answerContent(reader: ContentReader) {
  return (question: ContentQuestion): Promise<unknown> =>
    question.what === 'cost'
      ? reader.cost(question.kind, question.source)
      : reader[question.what](question.day)
}

/** Reads in another thread, by asking it. */
export function askedContent(ask: (question: ContentQuestion) => Promise<unknown>): ContentReader {
  return {
    sums: day => ask({ what: 'sums', day }) as ReturnType<ContentReader['sums']>,
    events: day => ask({ what: 'events', day }) as ReturnType<ContentReader['events']>,
    cost: (kind, source) => ask({ what: 'cost', kind, source }) as ReturnType<ContentReader['cost']>,
  }
}
