import { answer } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { type Posting, sumOf } from '#engines/billing/journal/entries.ts'
import type { Profile } from '#engines/billing/journal/profile.ts'
import { findProfile, PROFILES } from '#engines/billing/journal/profiles.ts'
import { accountFor, type Chart, unmapped } from '#engines/billing/journal/render.ts'
import { type JournalEntry, type JournalRole, journal as leaf } from '#shared/contract/billing/journal.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { byCurrency } from '../by-currency.ts'
import { monthIn } from '../close/month.ts'
import { entityRows } from '../entities/entity-rows.ts'
import { chartOf, fileEntry, isOf, shownEntry, shownExport } from './journal-rows.ts'
import { fixedAt, monthEntries } from './month.ts'

/** @throws Refusal `BILLING_JOURNAL_PROFILE_UNKNOWN` */
export function demandProfile(id: string): Profile {
  const profile = findProfile(id)
  if (!profile) throw refuse('BILLING_JOURNAL_PROFILE_UNKNOWN', { profile: id })
  return profile
}

export const showJournal = (environment: EnvironmentSettings) =>
  answer(leaf.get, async ({ reader, input, now }) => {
    const { period, offset, limit, entityId = null } = input
    const profile = demandProfile(input.profile)
    const settings = await readSettings(reader, environment)
    const zone = settings['workspace.zone']!
    const chart = await chartOf(reader, profile.id, entityId)
    const all = await monthEntries(reader, period, settings)
    const names = new Map((await entityRows(reader)).map(row => [row.id, row.name]))
    const rows = all.filter(row => isOf(row, entityId))
    const entries = rows.map(row => shownEntry(row, names))
    const exports = await reader.db
      .selectFrom('journal_exports')
      .selectAll()
      .where('period', '=', period)
      .orderBy('exported_at', 'desc')
      .orderBy('number', 'desc')
      .orderBy('id', 'desc')
      .execute()
    return {
      fixedAt: await fixedAt(reader, period),
      over: now >= monthIn(period, zone).to,
      count: entries.length,
      entries: entries.slice(offset, offset + limit),
      currencies: [...Map.groupBy(entries, one => one.currency)]
        .map(([currency, some]) => sumsOf(profile, chart, currency, some))
        .sort(byCurrency),
      unmapped: unmapped(profile, chart, rows.map(fileEntry)) as JournalRole[],
      exports: exports.filter(row => entityId === null || row.entity_id === entityId).map(shownExport),
      entities: [...new Set(all.map(row => row.entity_id ?? ''))]
        .sort()
        .map(id => ({ id, name: names.get(id) ?? '' })),
      unrated: rows.filter(row => row.books !== null && row.books !== row.currency && row.rate === null)
        .length,
    }
  })

/** What a month comes to in one currency, account by account. */
function sumsOf(profile: Profile, chart: Chart, currency: string, entries: readonly JournalEntry[]) {
  const postings: readonly Posting[] = entries.flatMap(one => one.postings)
  const accounts = [...Map.groupBy(postings, ({ role, detail }) => `${role}/${detail}`).values()]
    .map(some => ({
      ...{ role: some[0]!.role, detail: some[0]!.detail },
      account: accountFor(profile, chart, some[0]!.role, some[0]!.detail)?.account ?? null,
      ...{ debit: sumOf(some, 'debit'), credit: sumOf(some, 'credit') },
    }))
    .sort((a, b) => (`${a.role}/${a.detail}` < `${b.role}/${b.detail}` ? -1 : 1))
  return {
    ...{ currency, entries: entries.length, accounts },
    ...{ debit: sumOf(postings, 'debit'), credit: sumOf(postings, 'credit') },
  }
}

export const listProfiles = answer(leaf.profiles, async ({ reader, input }) => ({
  profiles: await Promise.all(
    PROFILES.map(async ({ id, name, accounts, options }) => ({
      ...{ id, name, options },
      usual: Object.fromEntries(
        Object.entries(accounts).map(([role, { account, taxKey = '' }]) => [role, { account, taxKey }]),
      ),
      chart: await chartOf(reader, id, input.entityId ?? null),
    })),
  ),
}))
