import { reading } from '#core/database/store.ts'
import { demandOutside, outsideState } from '#core/outside/web-port.ts'
import { answer, handle } from '#core/runtime/handlers.ts'
import { firstSchedule } from '#core/workspace/schedules/first-schedule.ts'
import { readSettings } from '#core/workspace/settings.ts'
import { askAgainAt } from '#engines/billing/tax/vat-asking.ts'
import { readVatNumber } from '#engines/billing/tax/vat-number.ts'
import { isKnownToVies } from '#engines/billing/tax/vies.ts'
import { canonicalJson } from '#shared/canonical.ts'
import { tax as leaf } from '#shared/contract/billing/tax.ts'
import { refuse } from '#shared/errors.ts'
import { getCustomer } from '../customers/customer-rows.ts'
import { customerTax } from './customers.ts'
import { settleVatDoubts } from './vat-doubts.ts'
import { askForNumber, customersToAsk, questionOf, type VatServices } from './vat-questions.ts'
import { HOURLY_VAT, vatSchedule } from './vat-schedule.ts'

/** Asking VIES for numbers, and what it answers. */
export function askVatHandlers(services: VatServices) {
  return {
    askVat: handle(leaf.askVat, async call => {
      const { tx, input } = call
      const { profile, country } = await getCustomer(tx, input.customerId)
      const settings = await readSettings(reading(tx), services.environment)
      demandOutside(outsideState(services.web, settings['billing.askVies']), 'billing.askVies')
      const read = readVatNumber(profile.taxId, country)
      if (!read.ok) throw refuse('BILLING_VAT_NUMBER_BAD', { number: profile.taxId, reason: read.reason })
      if (!isKnownToVies(read)) throw refuse('BILLING_VAT_NO_SERVICE', { number: read.number })
      await askForNumber(call, input.customerId, read.number, { fresh: true })
      await firstSchedule(call, vatSchedule.name, HOURLY_VAT)
      return customerTax(tx, input.customerId, services)
    }),
    vatDue: answer(leaf.vatDue, async ({ reader, input, now }) => ({
      customers: (await customersToAsk(reader, services, input.limit, now)).length,
    })),
    askVatDue: handle(leaf.askVatDue, async call => {
      const due = await customersToAsk(reading(call.tx), services, call.input.limit, call.now)
      for (const { id, number } of due) await askForNumber(call, id, number, { fresh: false })
      return { asked: due.length }
    }),
    vatAnswered: handle(leaf.vatAnswered, async ({ tx, input, ids, now }) => {
      const { customerId, number, source, requester, outcome } = input
      const question = await questionOf(tx, customerId)
      if (question?.state !== 'asking' || question.number !== number) return { customerId }
      const reached = outcome.state !== 'not-reached'
      const said = reached ? outcome.answer : {}
      await tx.db
        .insertInto('vat_checks')
        .values({
          ...{ id: ids.next(), customer_id: customerId, number, state: outcome.state, way: 'service' },
          answer: canonicalJson({ ...said, ...(requester === null ? {} : { requester }), source }),
          note: reached ? '' : outcome.reason,
          ...{ checked_by: question.asked_by, checked_at: now },
        })
        .execute()
      const own = tx.db.deleteFrom('vat_questions').where('customer_id', '=', customerId)
      if (reached) {
        await own.execute()
        await settleVatDoubts(tx, customerId, number, outcome.state)
        return { customerId }
      }
      const tries = question.tries + 1n
      const next = askAgainAt(Number(tries), now)
      await tx.db
        .updateTable('vat_questions')
        .set({ state: next === null ? 'rests' : 'waiting', tries, next_at: next, reason: outcome.reason })
        .where('customer_id', '=', customerId)
        .execute()
      return { customerId }
    }),
  }
}
