import { reading, type Tx } from '#core/database/store.ts'
import { byWhom } from '#core/runtime/by-whom.ts'
import { leaves } from '#core/runtime/expectation.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { convert, findRate, type KnownRate } from '#engines/billing/exchange/find-rate.ts'
import { faultOf } from '#engines/billing/exchange/read-rates.ts'
import { placesOf } from '#engines/billing/rate.ts'
import { type ExchangeRate, exchange as leaf } from '#shared/contract/billing/exchange.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { type RateRow, ratesUntil, takeRates } from './rate-rows.ts'

const DAY = 86_400_000n

function shownRate({ added_by, added_at, ...row }: RateRow): ExchangeRate {
  return { ...row, addedBy: added_by, addedAt: added_at }
}

/** Rates, the newest first. */
export const listRates = answer(leaf.list, async ({ reader, input }) => {
  const { currency, until, limit } = input
  let query = reader.db
    .selectFrom('exchange_rates')
    .selectAll()
    .orderBy('day', 'desc')
    .orderBy('base')
    .orderBy('quote')
    .limit(limit)
  if (until !== undefined) query = query.where('day', '<=', until)
  if (currency !== undefined)
    query = query.where(eb => eb.or([eb('base', '=', currency), eb('quote', '=', currency)]))
  return { rates: (await query.execute()).map(shownRate) }
})

/** Adds rates; what is there stays, because amounts were converted by it. */
export const addRates = handle(leaf.add, async ({ tx, input, now, actor }) => {
  for (const one of input.rates) refuseNonsense(one, now)
  const { added, there, differing } = await takeRates(tx, input.rates, byWhom(actor), now)
  return { added, there, differing: differing.length }
})

export const setRate = handle(leaf.set, async call => {
  const { input, now, actor } = call
  refuseNonsense(input, now)
  return put(call, { ...input, added_by: byWhom(actor), added_at: now })
})

export const restoreRate = handle(leaf.restore, async call => {
  const { before, ...key } = call.input
  if (before) {
    const { addedBy, addedAt, ...rate } = before
    await put(call, { ...rate, added_by: addedBy, added_at: addedAt })
    return { day: key.day }
  }
  const there = await rateOf(call.tx, key)
  await drop(call.tx, key)
  call.undoWith(leaf.restore, { ...key, before: there ? shownRate(there) : null }, [
    leaves('exchange_rates', key, null),
  ])
  return { day: key.day }
})

/** Amounts in one currency, each with the rate that it was converted by. */
export function convertAmounts(environment: EnvironmentSettings) {
  return answer(leaf.convert, async ({ reader, input, now }) => {
    const settings = await readSettings(reader, environment)
    const to = input.to ?? settings['workspace.currency']
    const nothing = { total: 0n, converted: [], missing: [] }
    if (to === null || findCurrency(to) === undefined) return { currency: null, ...nothing }
    const day = input.day ?? new Date(Number(now)).toISOString().slice(0, 10)
    const within = settings['billing.rateDays']
    const rates = await ratesUntil(reader.db, day, within)
    const converted = []
    const missing: string[] = []
    let total = 0n
    for (const { currency, amount } of input.amounts) {
      const found = findCurrency(currency) ? findRate(rates, { from: currency, to, day, within }) : null
      if (!found) {
        missing.push(currency)
        continue
      }
      const worth = convert(amount, found.rate, { from: placesOf(currency), to: placesOf(to) })
      total += worth
      converted.push({ currency, amount, worth, ...found, parts: [...found.parts] })
    }
    return { currency: to, total, converted, missing }
  })
}

type RateKey = Pick<RateRow, 'base' | 'quote' | 'day'>

async function drop(tx: Tx, { base, quote, day }: RateKey): Promise<void> {
  await tx.db
    .deleteFrom('exchange_rates')
    .where('base', '=', base)
    .where('quote', '=', quote)
    .where('day', '=', day)
    .execute()
}

function rateOf(tx: Tx, key: RateKey): Promise<RateRow | undefined> {
  return reading(tx)
    .db.selectFrom('exchange_rates')
    .selectAll()
    .where('base', '=', key.base)
    .where('quote', '=', key.quote)
    .where('day', '=', key.day)
    .executeTakeFirst()
}

async function put(
  { tx, undoWith }: Pick<CommandCall<unknown>, 'tx' | 'undoWith'>,
  row: RateRow,
): Promise<ExchangeRate> {
  const { base, quote, day } = row
  const before = await rateOf(tx, row)
  await drop(tx, row)
  await tx.db.insertInto('exchange_rates').values(row).execute()
  const { rate, source } = row
  undoWith(leaf.restore, { base, quote, day, before: before ? shownRate(before) : null }, [
    leaves('exchange_rates', { base, quote, day }, { rate, source }),
  ])
  return shownRate(row)
}

/** @throws Refusal `BILLING_RATE_INVALID` */
function refuseNonsense(one: KnownRate, now: bigint): void {
  const fault = faultOf(one)
  if (fault) throw refuse('BILLING_RATE_INVALID', { reason: fault })
  if (![one.base, one.quote].every(code => findCurrency(code)))
    throw refuse('BILLING_RATE_INVALID', { reason: 'currency' })
  // A day ahead is today somewhere.
  if (Date.parse(one.day) > Number(now + DAY)) throw refuse('BILLING_RATE_INVALID', { reason: 'to-come' })
}
