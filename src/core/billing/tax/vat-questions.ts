import type { Row } from '#core/database/schema.ts'
import { type Reader, reading, type Tx } from '#core/database/store.ts'
import type { HostServices } from '#core/features.ts'
import { outsideState } from '#core/outside/web-port.ts'
import { byWhomOrNobody } from '#core/runtime/by-whom.ts'
import type { CommandCall } from '#core/runtime/handlers.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { isDueToAsk } from '#engines/billing/tax/vat-asking.ts'
import { readVatNumber } from '#engines/billing/tax/vat-number.ts'
import { isKnownToVies } from '#engines/billing/tax/vies.ts'
import type { CustomerTax } from '#shared/contract/billing/tax.ts'
import { entityOfCustomer } from '../entities/entity-rows.ts'
import { checksOf } from './tax-world.ts'

/** VIES is asked for a number. */
export const ASK_VAT_EFFECT = 'billing.tax.askVat'

export type VatServices = Pick<HostServices, 'environment' | 'web'>
type Question = Row<'vat_questions'>

/** Whether VIES can be asked for a number, and how far a question for it is. */
export async function vatService(
  reader: Reader,
  { environment, web }: VatServices,
  customerId: string,
  read: ReturnType<typeof readVatNumber>,
): Promise<Pick<CustomerTax, 'service' | 'question'>> {
  const settings = await readSettings(reader, environment)
  const row = await questionOf(reader, customerId)
  const known = read.ok && isKnownToVies(read)
  return {
    service: known ? outsideState(web, settings['billing.askVies']) : 'no-service',
    // What was asked of a number that the customer no longer has is no question about this one.
    question: row && read.ok && row.number === read.number ? shownQuestion(row) : null,
  }
}

function shownQuestion({ state, tries, next_at, reason }: Question): CustomerTax['question'] {
  return { state, tries: Number(tries), nextAt: next_at, reason }
}

export function questionOf({ db }: Pick<Reader | Tx, 'db'>, customerId: string) {
  return db.selectFrom('vat_questions').selectAll().where('customer_id', '=', customerId).executeTakeFirst()
}

/** Has VIES asked for a number after this command; tries in vain are counted on where it is the same number. */
export async function askForNumber(
  { tx, effect, actor, now }: Pick<CommandCall<unknown>, 'tx' | 'effect' | 'actor' | 'now'>,
  customerId: string,
  number: string,
  { fresh }: { readonly fresh: boolean },
): Promise<void> {
  const before = await questionOf(tx, customerId)
  const tries = !fresh && before?.number === number ? before.tries : 0n
  await tx.db.deleteFrom('vat_questions').where('customer_id', '=', customerId).execute()
  await tx.db
    .insertInto('vat_questions')
    .values({
      ...{ customer_id: customerId, number, state: 'asking', tries, next_at: null, reason: '' },
      ...{ asked_by: byWhomOrNobody(actor) || null, asked_at: now },
    })
    .execute()
  await effect(ASK_VAT_EFFECT, { customerId, number })
}

/** What a question is made of when it is asked: null where it was answered, or is of another number by now. */
export async function vatAsk(
  reader: Reader,
  { environment }: Pick<HostServices, 'environment'>,
  customerId: string,
  number: string,
) {
  const row = await questionOf(reader, customerId)
  const read = readVatNumber(number)
  if (row?.state !== 'asking' || row.number !== number || !read.ok) return null
  const entity = await entityOfCustomer(reader, customerId)
  const settings = await readSettings(reader, environment)
  if (!settings['billing.askVies']) return null
  const own = readVatNumber(entity?.tax_id ?? settings['billing.taxId'] ?? '', entity?.country)
  return { number: read, requester: own.ok && isKnownToVies(own) ? own : null }
}

/**
 * Customers whose number it is time to ask for, at most so many, those that waited longest first. Only businesses, and
 * only numbers of the customer's own country, because no others decide anything.
 */
export async function customersToAsk(
  session: Reader,
  services: VatServices,
  limit: number,
  now: bigint,
): Promise<{ id: string; number: string }[]> {
  const settings = await readSettings(session, services.environment)
  if (outsideState(services.web, settings['billing.askVies']) !== 'ready') return []
  const rows = await reading(session as Reader & Tx)
    .db.selectFrom('customers as customer')
    .innerJoin('billing_profiles as profile', 'profile.customer_id', 'customer.id')
    .leftJoin('customer_taxes as tax', 'tax.customer_id', 'customer.id')
    .select(['customer.id', 'customer.country', 'profile.tax_id', 'tax.kind'])
    .where('profile.tax_id', '!=', '')
    .orderBy('customer.id')
    .execute()
  const numbers = rows.flatMap(({ id, country, tax_id, kind }) => {
    const read = readVatNumber(tax_id, country)
    if (!read.ok || !isKnownToVies(read) || read.country !== country || kind === 'consumer') return []
    return [{ id, number: read.number }]
  })
  if (numbers.length === 0) return []
  const ids = numbers.map(one => one.id)
  const checks = Map.groupBy(await checksOf(session, ids), row => row.customer_id)
  const questions = new Map(
    (await session.db.selectFrom('vat_questions').selectAll().execute()).map(row => [row.customer_id, row]),
  )
  const again = settings['billing.vatAgainDays']
  return numbers
    .map(one => {
      const own = (checks.get(one.id) ?? []).filter(row => row.number === one.number)
      const answered = own.find(row => row.state !== 'not-reached')
      const row = questions.get(one.id)
      const question = row?.number === one.number ? { state: row.state, nextAt: row.next_at } : null
      return { ...one, answeredAt: answered?.checked_at ?? null, question }
    })
    .filter(one => isDueToAsk(one, again, now))
    .sort((a, b) => Number((a.answeredAt ?? 0n) - (b.answeredAt ?? 0n)))
    .slice(0, limit)
    .map(({ id, number }) => ({ id, number }))
}
