import type { Row } from '#core/database/schema.ts'
import { schema } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import { notify } from '#core/notify/notify.ts'
import { answer, type CommandCall, handle } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { zoned } from '#engines/billing/calendar.ts'
import { lifeStateAt, type Moment, momentsOf } from '#engines/billing/life-cycle.ts'
import { addDays } from '#engines/billing/phases.ts'
import type { Standing } from '#engines/billing/standing.ts'
import { subscriptionMoved, trialEnds, trialEndsForCustomer } from '#engines/notify/topics/subscriptions.ts'
import { subscriptions as leaf } from '#shared/contract/billing/subscriptions.ts'
import type { EnvironmentSettings, Settings } from '#shared/settings.ts'
import { automationFor } from './automation-rows.ts'
import { carryOut, nextNumber } from './life.ts'
import { changedStandings, refreshStandings, standingsOf } from './standings.ts'
import { type StoredSubscription, shownAt, withParts } from './subscription-rows.ts'

const DAY = 86_400_000n
/** Days before the end of a trial at which it is told. */
const REMIND_DAYS = 3
/** What is older is noted and not told: who looks for the first time is not told of years. */
const TOLD_FOR = 7n * DAY

/** What there is to note of a subscription. */
interface Finding {
  readonly one: StoredSubscription
  readonly zone: string
  readonly customer: string
  readonly moments: readonly Moment[]
  /** The trial whose end comes within the days of the reminder. */
  readonly trialEndsAt: bigint | null
  /** When it ends because nobody paid. */
  readonly givesUpAt: bigint | null
}

export function dueSubscriptions(environment: EnvironmentSettings) {
  return answer(leaf.due, async ({ reader, input }) =>
    duePage(reader, input, await readSettings(reader, environment)),
  )
}

/** A page of subscriptions, and those of them of which something came about by an instant and was not noted. */
export async function duePage(
  reader: Reader,
  { after, limit, until }: { readonly after: string | null; readonly limit: number; readonly until: bigint },
  settings: Settings,
) {
  let query = reader.db.selectFrom('subscriptions').selectAll().orderBy('id').limit(limit)
  if (after !== null) query = query.where('id', '>', after)
  const rows = await query.execute()
  const stale = await changedStandings(reader, [...new Set(rows.map(row => row.customer_id))])
  const found = await findingsOf(reader, rows, until, settings)
  const due = new Set(found.map(({ one }) => one.id))
  for (const row of rows) if (stale.has(row.customer_id)) due.add(row.id)
  return { subscriptionIds: [...due], last: rows.at(-1)?.id ?? null, looked: rows.length }
}

export function noteSubscriptions(environment: EnvironmentSettings) {
  return handle(leaf.note, async call => {
    const { tx, input } = call
    const { subscriptionIds, until } = input
    if (subscriptionIds.length === 0) return { noted: 0, reminded: 0, ended: 0 }
    const settings = await readSettings(reading(tx), environment)
    const load = () =>
      tx.db.selectFrom('subscriptions').selectAll().where('id', 'in', subscriptionIds).orderBy('id').execute()
    const rows = await load()
    const customerIds = [...new Set(rows.map(row => row.customer_id))]
    await refreshStandings(tx, customerIds)
    let ended = 0
    for (const finding of await findingsOf(reading(tx), rows, until, settings))
      if (finding.givesUpAt !== null) {
        await giveUp(call, finding, finding.givesUpAt)
        ended++
      }
    let noted = 0
    let reminded = 0
    for (const finding of await findingsOf(reading(tx), await load(), until, settings)) {
      noted += await note(call, finding, until)
      if (await remind(call, finding, settings)) reminded++
    }
    return { noted, reminded, ended }
  })
}

/** Subscriptions of which something came about by an instant that was not noted yet. */
async function findingsOf(
  session: Pick<Reader | Tx, 'db'>,
  rows: readonly Row<'subscriptions'>[],
  until: bigint,
  settings: Settings,
): Promise<Finding[]> {
  if (rows.length === 0) return []
  const db = session.db as Reader['db']
  const ids = rows.map(row => row.id)
  const all = await withParts(session, rows)
  const customers = await db
    .selectFrom('customers')
    .select(['id', 'zone', 'name'])
    .where(
      'id',
      'in',
      rows.map(row => row.customer_id),
    )
    .execute()
  const byId = new Map(customers.map(row => [row.id, row]))
  const standings = await standingsOf(session, [...byId.keys()])
  const known = await db
    .selectFrom('subscription_events')
    .select(['subscription_id', 'at', 'transition'])
    .where('subscription_id', 'in', ids)
    .execute()
  const noted = new Set(known.map(row => `${row.subscription_id}/${row.at}/${row.transition}`))
  return all.flatMap((one): Finding[] => {
    const { zone, name } = byId.get(one.customerId)!
    const standing = standings.get(one.customerId) ?? null
    // What came before it was entered was nobody's to note.
    const since = one.createdAt < one.startedAt ? one.createdAt : one.startedAt
    const moments = momentsOf(one, standing, since, until + 1n).filter(
      moment => !noted.has(`${one.id}/${moment.at}/${moment.transition}`),
    )
    const trial = one.phases.find(phase => phase.kind === 'trial' && phase.from <= until)
    const end = trial?.to ?? null
    const soon = end !== null && end > until && until >= addDays(end, -REMIND_DAYS, zone)
    const trialEndsAt = soon && !noted.has(`${one.id}/${end}/${REMINDER}`) ? end : null
    const givesUpAt = givesUp(one, standing, settings['billing.endUnpaidDays'], zone, until)
    const found = moments.length > 0 || trialEndsAt !== null || givesUpAt !== null
    return found ? [{ one, zone, customer: name, moments, trialEndsAt, givesUpAt }] : []
  })
}

/** Stands among the transitions, so that it is told once. */
const REMINDER = 'trial-reminder'

/** When a subscription ends because it stayed unpaid for so many days; null where it does not by then. */
function givesUp(
  one: StoredSubscription,
  standing: Standing | null,
  days: number,
  zone: string,
  until: bigint,
): bigint | null {
  if (standing === null || days === 0) return null
  const at = addDays(standing.unpaidAt, days, zone)
  if (at > until || (one.endedAt !== null && one.endedAt <= at)) return null
  return lifeStateAt(one, standing, at) === 'unpaid' ? at : null
}

/** Ends it at its own instant. What was billed in advance is given back: nobody paid it. */
async function giveUp(call: CommandCall<unknown>, { one, zone }: Finding, at: bigint): Promise<void> {
  const change = { kind: 'cancel' as const, at, settlement: 'credit' as const, reason: 'unpaid' as const }
  await carryOut(call, one, change, { zone, number: await nextNumber(call.tx, one.id) })
}

async function note(
  call: CommandCall<unknown>,
  { one, customer, moments }: Finding,
  until: bigint,
): Promise<number> {
  const { tx, now } = call
  await insertRows(
    tx,
    'subscription_events',
    schema.subscription_events,
    moments.map(({ at, transition, from, to }) => ({
      ...{ subscription_id: one.id, at, transition, from_state: from, to_state: to, noted_at: now },
    })),
  )
  const plan = await planName(tx, one, until)
  for (const { at, transition, from, to } of moments) {
    // What somebody did just now is no news to them; what came by itself is.
    if (from === 'none' || at <= until - TOLD_FOR) continue
    await notify(call, {
      topic: subscriptionMoved,
      to: [{ role: 'analyst' }],
      params: { customer, plan, state: WORDS[to], at },
      onceKey: `subscription:${one.id}:${transition}:${at}`,
      about: { entity: 'subscription', id: one.id },
      link: `/billing/subscriptions?subscription=${one.id}`,
    })
  }
  return moments.length
}

const WORDS = {
  ...{ scheduled: 'scheduled', trialing: 'in trial', active: 'active', 'past-due': 'past due' },
  ...{ unpaid: 'unpaid', paused: 'paused', cancelled: 'cancelled', expired: 'expired' },
} as const

async function remind(
  call: CommandCall<unknown>,
  { one, zone, customer, trialEndsAt }: Finding,
  settings: Settings,
): Promise<boolean> {
  if (trialEndsAt === null) return false
  const { tx, now } = call
  await insertRows(tx, 'subscription_events', schema.subscription_events, [
    {
      ...{ subscription_id: one.id, at: trialEndsAt, transition: REMINDER },
      ...{ from_state: 'trialing', to_state: 'trialing', noted_at: now },
    },
  ])
  const plan = await planName(tx, one, trialEndsAt - 1n)
  const about = { entity: 'subscription', id: one.id }
  const onceKey = `subscription:${one.id}:${REMINDER}:${trialEndsAt}`
  await notify(call, {
    ...{ topic: trialEnds, to: [{ role: 'analyst' }], onceKey, about },
    params: { customer, plan, at: trialEndsAt },
    link: `/billing/subscriptions?subscription=${one.id}`,
  })
  const { sendNotifications } = await automationFor(tx, one.customerId)
  if (sendNotifications) {
    const endsOn = zoned(trialEndsAt, zone).toPlainDate().toString()
    const company = settings['billing.legalName'] || settings['workspace.name'] || ''
    await notify(call, {
      ...{ topic: trialEndsForCustomer, to: [{ customer: one.customerId }], about },
      params: { plan, endsOn, company },
      onceKey: `${onceKey}:customer`,
    })
  }
  return true
}

async function planName(tx: Tx, one: StoredSubscription, at: bigint): Promise<string> {
  const [shown] = await shownAt(tx, [one], at)
  return shown!.planName
}
