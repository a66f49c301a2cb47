import type { Store } from '#core/database/store.ts'
import type { IncomingColumn, IncomingRows } from '#engines/finops/columns/batch-writer.ts'
import {
  openBatch,
  publishImport,
  ROLL_UPS_PER_CHUNK,
  settleBatch,
  storeColumns,
  storeRollUps,
} from '../batches.ts'
import { type BatchColumn, type BatchFacts, createStaging } from '../staging.ts'

/** A cost line as a test writes it: texts as strings, costs (at nine places) and instants as bigints. */
export type TestLine = Readonly<Record<string, string | bigint | null>>

export const TEST_COLUMNS: readonly BatchColumn[] = [
  { name: 'ChargePeriodStart', kind: 'instant', known: true },
  { name: 'BillingCurrency', kind: 'text', known: true },
  { name: 'ProviderName', kind: 'text', known: true },
  { name: 'ServiceName', kind: 'text', known: true },
  { name: 'ResourceId', kind: 'text', known: true },
  { name: 'Tags', kind: 'text', known: true },
  { name: 'ConsumedUnit', kind: 'text', known: true },
  { name: 'BilledCost', kind: 'cost', known: true },
  { name: 'EffectiveCost', kind: 'cost', known: true },
  { name: 'ConsumedQuantity', kind: 'decimal', known: true },
  { name: 'x_Note', kind: 'text', known: false },
]

export interface TestBatch {
  readonly id: string
  readonly importId: string
  readonly source?: string
  readonly lines: readonly TestLine[]
  readonly columns?: readonly BatchColumn[]
}

/** Rows of one batch as the bill reader would hand them over. */
export function incoming(lines: readonly TestLine[], columns: readonly BatchColumn[]): IncomingRows {
  return {
    rows: lines.length,
    batches: new Int32Array(lines.length),
    onlyBatch: 0,
    columns: columns.map(column => incomingColumn(lines, column)),
  }
}

function incomingColumn(lines: readonly TestLine[], { name, kind }: BatchColumn): IncomingColumn {
  const cells = lines.map(line => line[name] ?? null)
  const numbers = Float64Array.from(cells, cell => (cell === null ? Number.NaN : Number(cell)))
  if (kind === 'instant') return { kind, ms: numbers }
  if (kind !== 'text') {
    const scales = new Uint8Array(lines.length).fill(kind === 'cost' ? 9 : 3)
    return { kind, mantissas: numbers, scales, big: new Map() }
  }
  const values: (string | null)[] = [null]
  const codes = Int32Array.from(cells, cell => (cell === null ? 0 : values.push(cell as string) - 1))
  return { kind, codes, values }
}

/** Stages a batch as an import does, without publishing it. */
export async function stage(store: Store, workspace: string, batch: TestBatch): Promise<BatchFacts> {
  const columns = batch.columns ?? TEST_COLUMNS
  const staging = createStaging(columns)
  await store.write(workspace, 'job', tx =>
    openBatch(tx, {
      id: batch.id,
      importId: batch.importId,
      fileName: `${batch.importId}.csv`,
      source: batch.source ?? 'AWS',
      account: '1234',
      period: { from: 0n, to: 10n },
    }),
  )
  staging.add(incoming(batch.lines, columns))
  const [facts] = staging.end()
  for (const part of staging.drain()) {
    await store.write(workspace, 'job', tx => storeColumns(tx, batch.id, part.columns))
  }
  for (let at = 0; at < facts!.rollUps.length; at += ROLL_UPS_PER_CHUNK) {
    const rows = facts!.rollUps.slice(at, at + ROLL_UPS_PER_CHUNK)
    await store.write(workspace, 'job', tx => storeRollUps(tx, batch.id, rows))
  }
  await store.write(workspace, 'job', tx => settleBatch(tx, batch.id, facts!))
  return facts!
}

/** Stages batches and publishes their imports. */
export async function publish(store: Store, workspace: string, ...batches: TestBatch[]): Promise<void> {
  for (const batch of batches) await stage(store, workspace, batch)
  for (const id of new Set(batches.map(({ importId }) => importId))) {
    await store.write(workspace, 'person', tx => publishImport(tx, id, 77n))
  }
}
