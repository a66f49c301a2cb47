import { createHash } from 'node:crypto'
import { Temporal } from 'temporal-polyfill'
import type { Row } from '#core/database/schema.ts'
import { reading, type Tx } from '#core/database/store.ts'
import { byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { handle, serve } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { sumOf } from '#engines/billing/journal/entries.ts'
import { findProfile } from '#engines/billing/journal/profiles.ts'
import { type Chart, encoded, renderJournal, unmapped } from '#engines/billing/journal/render.ts'
import { placesOf } from '#engines/billing/rate.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { type JournalRole, journal as leaf } from '#shared/contract/billing/journal.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings, Settings } from '#shared/settings.ts'
import { monthIn } from '../close/month.ts'
import { paged } from '../corrections/lines.ts'
import { getEntity } from '../entities/entity-rows.ts'
import { chartOf, fileEntry, isOf, shownExport, storedEntries } from './journal-rows.ts'
import { fixedAt, monthEntries } from './month.ts'
import { demandProfile } from './show-journal.ts'

/** What of a receipt its file is written from. */
type Receipt = Pick<Row<'journal_exports'>, 'period' | 'profile' | 'currency' | 'chart' | 'exported_at'>

export function exportJournal(environment: EnvironmentSettings) {
  return handle(leaf.export, async ({ tx, input, actor, ids, receivedAt }) => {
    const { period, currency, anew, entityId = null } = input
    const profile = demandProfile(input.profile)
    const settings = await readSettings(reading(tx), environment)
    const zone = settings['workspace.zone']!
    if (receivedAt < monthIn(period, zone).to) throw refuse('BILLING_JOURNAL_MONTH_OPEN', { period })
    const earlier = await tx.db
      .selectFrom('journal_exports')
      .selectAll()
      .where('period', '=', period)
      .where('profile', '=', profile.id)
      .where('currency', '=', currency)
      .orderBy('number', 'desc')
      .execute()
    const own = earlier.filter(row => row.entity_id === entityId)
    const made = own[0]
    if (made && !anew) return shownExport(made)
    const rows = (await monthEntries(reading(tx), period, settings)).filter(
      row => row.currency === currency && isOf(row, entityId),
    )
    if (rows.length === 0) throw refuse('BILLING_JOURNAL_EMPTY', { period, currency })
    const chart = await chartOf(reading(tx), profile.id, entityId)
    const missing = unmapped(profile, chart, rows.map(fileEntry))
    if (missing.length > 0) throw refuse('BILLING_JOURNAL_UNMAPPED', { roles: missing as JournalRole[] })
    await fixMonth(tx, period, settings, byWhomOrNobody(actor), receivedAt)
    // Numbers are of the month, the ledger and the currency, whoever's they are; names count those of an entity.
    const number = (earlier[0]?.number ?? 0n) + 1n
    const name = [
      period,
      await keyOf(tx, entityId),
      profile.id,
      currency,
      own.length > 0 ? own.length + 1 : '',
    ]
    const receipt: Receipt = {
      ...{ period, profile: profile.id, currency, chart: canonicalJson(chart), exported_at: receivedAt },
    }
    const row: Row<'journal_exports'> = {
      ...receipt,
      ...{ id: ids.next(), number, entries: BigInt(rows.length) },
      total: rows.reduce((sum, one) => sum + sumOf(fileEntry(one).postings, 'debit'), 0n),
      digest: createHash('sha256').update(fileOf(receipt, rows)).digest('hex'),
      file_name: `${profile.id === 'datev' ? 'EXTF_' : ''}journal-${name.filter(part => part !== '').join('-')}.${profile.extension}`,
      exported_by: byWhomOrNobody(actor),
      entity_id: entityId,
    }
    await tx.db.insertInto('journal_exports').values(row).execute()
    return shownExport(row)
  })
}

/** What a legal entity is called in the name of a file. @throws Refusal `WORKSPACE_NOT_FOUND` */
async function keyOf(tx: Tx, entityId: string | null): Promise<string> {
  return entityId === null ? '' : entityId === '' ? 'own' : (await getEntity(tx, entityId)).key
}

/** Fixes the entries of all currencies of a month, once. */
async function fixMonth(
  tx: Tx,
  period: string,
  settings: Settings,
  by: string | null,
  at: bigint,
): Promise<void> {
  if ((await fixedAt(reading(tx), period)) !== null) return
  const rows = await monthEntries(reading(tx), period, settings)
  for (const some of paged(rows)) await tx.db.insertInto('journal_entries').values(some).execute()
  await tx.db.insertInto('journal_months').values({ period, fixed_by: by, fixed_at: at }).execute()
}

/** The bytes of a receipt's file. */
function fileOf(receipt: Receipt, rows: readonly Row<'journal_entries'>[]): Uint8Array {
  const profile = findProfile(receipt.profile)!
  const text = renderJournal(profile, fromCanonical<Chart>(receipt.chart), {
    ...{ period: receipt.period, currency: receipt.currency, from: `${receipt.period}-01` },
    to: `${receipt.period}-${Temporal.PlainYearMonth.from(receipt.period).daysInMonth}`,
    ...{ places: placesOf(receipt.currency), entries: rows.map(fileEntry) },
    made: new Date(Number(receipt.exported_at)).toISOString().slice(0, 23),
  })
  return encoded(text, profile.encoding)
}

/** Writes the file of a receipt again, from the entries that were fixed and the accounts as they were. */
export const journalFile = serve(leaf.file, async ({ input: { exportId }, read }) =>
  read(async reader => {
    const row = await reader.db
      .selectFrom('journal_exports')
      .selectAll()
      .where('id', '=', exportId)
      .executeTakeFirst()
    if (!row) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'journal export', id: exportId })
    const bytes = fileOf(row, await storedEntries(reader, row.period, row.currency, row.entity_id))
    const digest = createHash('sha256').update(bytes).digest('hex')
    if (digest !== row.digest) throw new Error(`the journal ${exportId} is not the one that was exported`)
    return { fileName: row.file_name, digest, base64: Buffer.from(bytes).toString('base64') }
  }),
)
