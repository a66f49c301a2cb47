import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { migrate } from '#core/database/migrate.ts'
import { prepareWorkspace } from '#core/database/prepare.ts'
import { openSqlite, sqliteExecute } from '#core/database/sqlite-connection.ts'
import { openSqliteStore } from '#core/database/sqlite-store.ts'
import type { Store } from '#core/database/store.ts'
import {
  openBatch,
  publishImport,
  ROLL_UPS_PER_CHUNK,
  settleBatch,
  storeColumns,
  storeRollUps,
} from '#core/finops/costs/batches.ts'
import { type BatchColumn, type BatchFacts, createStaging } from '#core/finops/costs/staging.ts'
import type { IncomingColumn } from '#engines/finops/columns/batch-writer.ts'
import {
  BATCHES,
  batchRows,
  billed,
  chargeStart,
  monthStart,
  PROVIDERS,
  quantity,
  skewed,
  TEXTS,
} from './cost-rows.ts'

export const DATA = fileURLToPath(new URL('.data/', import.meta.url))
export const KEY = new Uint8Array(32).fill(7)
export const WORKSPACE = '00000000-0000-7000-8000-000000000001'
export const monotonic = () => performance.now()

const COLUMNS: readonly BatchColumn[] = [
  { name: 'ChargePeriodStart', kind: 'instant', known: true },
  { name: 'BillingCurrency', kind: 'text', known: true },
  { name: 'ProviderName', kind: 'text', known: true },
  ...TEXTS.map(({ id }) => ({ name: id, kind: 'text', known: true }) as const),
  { name: 'ConsumedUnit', kind: 'text', known: true },
  ...(['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'] as const).map(
    name => ({ name, kind: 'cost', known: true }) as const,
  ),
  { name: 'ConsumedQuantity', kind: 'decimal', known: true },
]

const BLOCK = 4096

/** The encrypted workspace with these many cost lines; made once and kept, because making it takes minutes. */
export async function costDatabase(rows: number): Promise<{ path: string; bytes: number }> {
  mkdirSync(DATA, { recursive: true })
  const path = `${DATA}costs-${rows}.db`
  const done = `${path}.done`
  if (!existsSync(done)) {
    for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
    await make(path, rows)
    writeFileSync(done, '')
  }
  return { path, bytes: statSync(path).size }
}

async function make(path: string, rows: number): Promise<void> {
  const connection = openSqlite({ path, key: KEY, monotonic }, 'write')
  await migrate('sqlite', sqliteExecute(connection), 0n)
  connection.close()
  const store = openSqliteStore({ path, key: KEY, monotonic, cacheKib: 65_536 })
  await prepareWorkspace(store, WORKSPACE, 'standalone', 0n)
  const begun = monotonic()
  for (let batch = 0; batch < BATCHES; batch++) await makeBatch(store, batch, rows)
  const importId = importOf(0)
  await store.write(WORKSPACE, 'job', tx => publishImport(tx, importId, 0n))
  const seconds = (monotonic() - begun) / 1000
  console.log(`made ${rows} cost lines in ${seconds.toFixed(0)} s: ${Math.round(rows / seconds)} lines/s`)
  await store.close()
  const tidy = openSqlite({ path, key: KEY, monotonic }, 'write')
  tidy.pragma('wal_checkpoint(TRUNCATE)')
  tidy.close()
}

const importOf = (n: number) => `00000000-0000-7000-9000-${String(n).padStart(12, '0')}`
const batchOf = (n: number) => `00000000-0000-7000-a000-${String(n).padStart(12, '0')}`

async function makeBatch(store: Store, batch: number, rows: number): Promise<void> {
  const month = Math.floor(batch / PROVIDERS.length)
  const id = batchOf(batch)
  await store.write(WORKSPACE, 'job', tx =>
    openBatch(tx, {
      ...{ id, importId: importOf(0), fileName: 'generated', account: null },
      source: PROVIDERS[batch % PROVIDERS.length]!,
      period: { from: BigInt(monthStart(month)), to: BigInt(monthStart(month + 1)) },
    }),
  )
  const staging = createStaging(COLUMNS)
  const lists = [['USD'], [PROVIDERS[batch % PROVIDERS.length]!], ...TEXTS.map(textList), ['Hours']].map(
    list => [null, ...list],
  )
  const { from, to } = batchRows(batch, rows)
  const storeParts = async () => {
    for (const part of staging.drain()) {
      await store.write(WORKSPACE, 'job', tx => storeColumns(tx, id, part.columns))
    }
  }
  for (let at = from; at < to; at += BLOCK) {
    staging.add(block(at, Math.min(at + BLOCK, to), month, lists))
    await storeParts()
  }
  const [facts] = staging.end() as [BatchFacts]
  await storeParts()
  for (let at = 0; at < facts.rollUps.length; at += ROLL_UPS_PER_CHUNK) {
    const part = facts.rollUps.slice(at, at + ROLL_UPS_PER_CHUNK)
    await store.write(WORKSPACE, 'job', tx => storeRollUps(tx, id, part))
  }
  await store.write(WORKSPACE, 'job', tx => settleBatch(tx, id, facts))
}

function textList({ prefix, size }: { prefix: string; size: number }): string[] {
  return Array.from({ length: size }, (_, n) => `${prefix}${n}`)
}

function block(from: number, to: number, month: number, lists: readonly (readonly (string | null)[])[]) {
  const rows = to - from
  const fill = (value: (row: number) => number) =>
    Float64Array.from({ length: rows }, (_, i) => value(from + i))
  const codes = (value: (row: number) => number) =>
    Int32Array.from({ length: rows }, (_, i) => value(from + i) + 1)
  const costs = fill(billed)
  const big = new Map<number, bigint>()
  const decimal = (kind: 'cost' | 'decimal', mantissas: Float64Array, scale: number): IncomingColumn => ({
    ...{ kind, mantissas, big },
    scales: new Uint8Array(rows).fill(scale),
  })
  const share = (tenths: number) => costs.map(cost => Math.floor((cost * tenths) / 10))
  const columns: IncomingColumn[] = [
    { kind: 'instant', ms: fill(row => chargeStart(row, month)) },
    { kind: 'text', codes: codes(() => 0), values: lists[0]! },
    { kind: 'text', codes: codes(() => 0), values: lists[1]! },
    ...TEXTS.map(
      ({ seed, size }, n): IncomingColumn => ({
        kind: 'text',
        codes: codes(row => skewed(row, seed, size)),
        values: lists[n + 2]!,
      }),
    ),
    { kind: 'text', codes: codes(() => 0), values: lists.at(-1)! },
    decimal('cost', costs, 9),
    decimal('cost', share(9), 9),
    decimal('cost', share(12), 9),
    decimal('cost', share(11), 9),
    decimal('decimal', fill(quantity), 3),
  ]
  return { rows, batches: new Int32Array(rows), onlyBatch: 0, columns }
}
