import { type Row, schema } from '#core/database/schema.ts'
import type { Tx } from '#core/database/store.ts'
import { insertRows } from '#core/database/sync-rows.ts'
import type { JobFacts } from '#core/jobs/job.ts'
import { pastId } from '../billing/ids.ts'
import { type BookFacts, DAY, invoicesOf } from './facts.ts'

const CARDS = ['Visa', 'Mastercard', 'American Express'] as const
/** So many customers have a card, and of each country so many want electronic invoices. */
const MOST_CARDS = 14
const FORMATS = { DE: 'ubl', FR: 'factur-x', IT: 'cii' } as const
const MOST_OF_A_COUNTRY = 6

/** Cards of customers who pay in dollars, and in which form others want their electronic invoices. */
export async function keepWaysToPay(tx: Tx, { actor, now, closed }: BookFacts, job: JobFacts): Promise<void> {
  const known = await tx.db.selectFrom('customer_e_invoices').select('format').limit(1).executeTakeFirst()
  if (known) return
  const dollars = await invoicesOf(tx, closed, 'paid', 'USD')
  const cards = dollars.slice(0, MOST_CARDS).map((one, index): Row<'payment_methods'> => {
    const at = now - BigInt(300 - index * 13) * DAY
    return {
      ...{ id: pastId(at, job.jobId, `card/${index}`), customer_id: one.customer_id, kind: 'card' },
      ...{ provider: 'manual', provider_ref: null, brand: CARDS[index % CARDS.length]!, holder: one.legal },
      ...{ last4: String(4242 + index * 613).slice(-4), expires: expiryOf(now, index), is_default: 1n },
      ...{ removed_at: null, created_by: actor.id, created_at: at },
    }
  })
  await insertRows(tx, 'payment_methods', schema.payment_methods, cards)
  const euros = [
    ...(await invoicesOf(tx, closed, 'issued', 'EUR')),
    ...(await invoicesOf(tx, closed, 'paid', 'EUR')),
  ]
  const formats = Object.entries(FORMATS).flatMap(([country, format]) =>
    euros
      .filter(one => one.country === country)
      .slice(0, MOST_OF_A_COUNTRY)
      .map(one => ({ customer_id: one.customer_id, format })),
  )
  await insertRows(tx, 'customer_e_invoices', schema.customer_e_invoices, formats)
}

/** The last month of a card: one is over by now, the others hold for up to four years. */
function expiryOf(now: bigint, index: number): string {
  const at = new Date(Number(now))
  const months = index === 3 ? -1 : 5 + index * 3
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1)).toISOString().slice(0, 7)
}
