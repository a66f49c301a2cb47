import type { Row } from '#core/database/schema.ts'
import { type Reader, reading } from '#core/database/store.ts'
import type { HostServices } from '#core/features.ts'
import { demandOutside, outsideState } from '#core/outside/web-port.ts'
import { byWhomOrNobody } from '#core/runtime/by-whom.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { firstSchedule } from '#core/workspace/schedules/first-schedule.ts'
import { readSettings } from '#core/workspace/settings.ts'
import type { KnownRate } from '#engines/billing/exchange/find-rate.ts'
import { missingDays, publishedDay, quarterBefore } from '#engines/billing/exchange/publication.ts'
import { ECB_SOURCE } from '#engines/billing/exchange/read-rates.ts'
import { canonicalJson, fromCanonical } from '#shared/canonical.ts'
import { exchange as leaf, type RateFetch } from '#shared/contract/billing/exchange.ts'
import { findCurrency } from '#shared/currencies.ts'
import { takeRates } from './rate-rows.ts'
import { AFTER_PUBLICATION, ratesSchedule } from './rates-schedule.ts'

/** The European Central Bank is asked for its rates. */
export const FETCH_EFFECT = 'billing.exchange.fetch'
/** Fetches that are shown. */
const SHOWN = 20

type FetchServices = Pick<HostServices, 'environment' | 'web'>

/** Days of which there are rates of the bank, within what its file of ninety days reaches back. */
async function bankDays(reader: Reader, until: string): Promise<Set<string>> {
  const rows = await reader.db
    .selectFrom('exchange_rates')
    .select('day')
    .distinct()
    .where('source', '=', ECB_SOURCE)
    .where('day', '>=', quarterBefore(until))
    .where('day', '<=', until)
    .execute()
  return new Set(rows.map(row => row.day))
}

function shownFetch({ asked_by, asked_at, done_at, differing, ...row }: Row<'rate_fetches'>): RateFetch {
  return {
    ...{ ...row, askedBy: asked_by, askedAt: asked_at, doneAt: done_at },
    ...{ added: Number(row.added), there: Number(row.there), problems: Number(row.problems) },
    differing: fromCanonical<RateFetch['differing']>(differing),
  }
}

/** Asking the European Central Bank for its reference rates, and what it published. */
export function fetchHandlers({ environment, web }: FetchServices) {
  const stateOf = async (reader: Reader) =>
    outsideState(web, (await readSettings(reader, environment))['billing.fetchRates'])

  /** @returns the id of the fetch; null where nothing is missing */
  async function begin(call: CommandCall<unknown>, always: boolean): Promise<string | null> {
    const { tx, ids, now, actor, effect } = call
    const until = publishedDay(now)
    const missing = missingDays(await bankDays(reading(tx), until), until)
    if (!always && missing.length === 0) return null
    // The daily file has the last day alone: what is missing besides it is in the one of ninety days.
    const span = missing.some(day => day !== until) ? 'quarter' : 'day'
    const id = ids.next()
    await tx.db
      .insertInto('rate_fetches')
      .values({
        ...{ id, span, state: 'asking', reason: '', asked_by: byWhomOrNobody(actor) || null, asked_at: now },
        ...{ done_at: null, added: 0n, there: 0n, problems: 0n, differing: canonicalJson([]), latest: '' },
      })
      .execute()
    await effect(FETCH_EFFECT, { fetchId: id, span })
    return id
  }

  return {
    fetches: answer(leaf.fetches, async ({ reader, now }) => {
      const expected = publishedDay(now)
      const there = await bankDays(reader, expected)
      const rows = await reader.db
        .selectFrom('rate_fetches')
        .selectAll()
        .orderBy('asked_at', 'desc')
        .orderBy('id', 'desc')
        .limit(SHOWN)
        .execute()
      return {
        service: await stateOf(reader),
        expected,
        latest: [...there].sort().at(-1) ?? null,
        missing: there.size === 0 ? [] : missingDays(there, expected),
        fetches: rows.map(shownFetch),
      }
    }),
    fetch: handle(leaf.fetch, async call => {
      demandOutside(await stateOf(reading(call.tx)), 'billing.fetchRates')
      const fetchId = await begin(call, true)
      await firstSchedule(call, ratesSchedule.name, AFTER_PUBLICATION)
      return { fetchId: fetchId! }
    }),
    fetchDue: answer(leaf.fetchDue, async ({ reader, now }) => {
      if ((await stateOf(reader)) !== 'ready') return { missing: 0 }
      const until = publishedDay(now)
      return { missing: missingDays(await bankDays(reader, until), until).length }
    }),
    fetchMissing: handle(leaf.fetchMissing, async call => ({ fetchId: await begin(call, false) })),
    fetched: handle(leaf.fetched, async ({ tx, input, now }) => {
      const { fetchId, outcome } = input
      const row = await tx.db
        .selectFrom('rate_fetches')
        .select(['state', 'asked_by'])
        .where('id', '=', fetchId)
        .executeTakeFirst()
      if (row?.state !== 'asking') return { fetchId }
      const set = (values: Partial<Row<'rate_fetches'>>) =>
        tx.db
          .updateTable('rate_fetches')
          .set({ ...values, done_at: now })
          .where('id', '=', fetchId)
          .execute()
      if (outcome.state === 'failed') {
        await set({ state: 'failed', reason: outcome.reason })
        return { fetchId }
      }
      const believed = outcome.rates.filter(rate => isBelievable(rate, now))
      const taken = await takeRates(tx, believed, row.asked_by, now)
      const problems = outcome.problems + outcome.rates.length - believed.length
      await set({
        ...{ state: 'done', added: BigInt(taken.added), there: BigInt(taken.there) },
        ...{ problems: BigInt(problems), differing: canonicalJson(taken.differing) },
        latest: believed.reduce((last, { day }) => (day > last ? day : last), ''),
      })
      return { fetchId }
    }),
  }
}

/** A rate of a currency that is known, of a day that has come. */
function isBelievable({ base, quote, day }: KnownRate, now: bigint): boolean {
  return (
    findCurrency(base) !== undefined && findCurrency(quote) !== undefined && day <= publishedDayAtMost(now)
  )
}

function publishedDayAtMost(now: bigint): string {
  return new Date(Number(now)).toISOString().slice(0, 10)
}
