import { type ColumnSegment, SEGMENT_ROWS } from '../../columns/column.ts'
import { pushInteger, pushNullInteger } from '../../columns/integer-builder.ts'
import { type ColumnSpec, segmentBuilder, takeSegment } from '../../columns/segment-builder.ts'
import { pushText } from '../../columns/text-builder.ts'
import type { ExploreSegment } from '../segment.ts'
import { adoptText, type CodeColumn, type TextSpace } from '../text-space.ts'

/** A cost line as a test writes it: by column, texts as strings, amounts and instants as bigints. */
export type Line = Readonly<Record<string, string | bigint | null>>

export const SPECS: readonly ColumnSpec[] = [
  { id: 'ChargePeriodStart', kind: 'instant' },
  { id: 'BillingCurrency', kind: 'text' },
  { id: 'ProviderName', kind: 'text' },
  { id: 'ServiceName', kind: 'text' },
  { id: 'ResourceId', kind: 'text' },
  { id: 'Tags', kind: 'text' },
  { id: 'ConsumedUnit', kind: 'text' },
  { id: 'BilledCost', kind: 'cost' },
  { id: 'EffectiveCost', kind: 'cost' },
  { id: 'ConsumedQuantity', kind: 'decimal' },
]

/** Cuts lines into segments of these lengths (the last length repeats) and adopts them into the space. */
export function segmentsOf(
  space: TextSpace,
  lines: readonly Line[],
  lengths: readonly number[] = [SEGMENT_ROWS],
  specs: readonly ColumnSpec[] = SPECS,
): ExploreSegment[] {
  const segments: ExploreSegment[] = []
  for (let at = 0, next = 0; at < lines.length; next++) {
    const length = lengths[Math.min(next, lengths.length - 1)]!
    segments.push(segmentOf(space, lines.slice(at, at + length), specs))
    at += length
  }
  return segments
}

export function columnsOf(
  lines: readonly Line[],
  specs: readonly ColumnSpec[] = SPECS,
): Map<string, ColumnSegment> {
  const builder = segmentBuilder(specs)
  for (const line of lines) {
    builder.columns.forEach((column, index) => {
      const value = line[specs[index]!.id] ?? null
      if (column.kind === 'text') pushText(column, value as string | null)
      else if (value === null) pushNullInteger(column, placesOf(specs[index]!))
      else pushInteger(column, value as bigint, placesOf(specs[index]!))
    })
  }
  return new Map(takeSegment(builder).map(({ id, column }) => [id, column]))
}

/** Decimal places of the integers in lines: costs 9, quantities 3. */
function placesOf({ kind }: ColumnSpec): number {
  return kind === 'cost' ? 9 : kind === 'decimal' ? 3 : 0
}

function segmentOf(space: TextSpace, lines: readonly Line[], specs: readonly ColumnSpec[]): ExploreSegment {
  const columns = columnsOf(lines, specs)
  const texts = new Map<string, CodeColumn>()
  for (const [id, column] of columns) if (column.kind === 'text') texts.set(id, adoptText(space, id, column))
  return {
    rows: lines.length,
    text: id => texts.get(id) ?? null,
    integers: id => {
      const column = columns.get(id)
      return column && column.kind !== 'text' ? column : null
    },
  }
}
