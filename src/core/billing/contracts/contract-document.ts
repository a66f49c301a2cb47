import { Temporal } from 'temporal-polyfill'
import type { z } from 'zod'
import { compare, exactOf, roundHalfUp, scaled } from '#engines/billing/exact.ts'
import type { ContractDocument } from '#shared/contract/billing/contract-document.ts'
import type { contracts } from '#shared/contract/billing/contracts.ts'
import { findCurrency } from '#shared/currencies.ts'
import { refuse } from '#shared/errors.ts'

type Said = z.input<NonNullable<(typeof contracts.create)['~orpc']['inputSchema']>>

/**
 * What a document of a contract says, as the contract takes it.
 * @param zone the customer's, in which its days begin
 * @throws Refusal `WORKSPACE_BAD_INPUT` for an amount with more places than the currency has
 */
export function contractSaid(
  { customer: _, ...document }: ContractDocument,
  customerId: string,
  zone: string,
): Said {
  const { terms, from, until } = document
  const instant = (day: string) =>
    BigInt(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds)
  const end = (day: string | null | undefined) => (day == null ? null : instant(day))
  const minor = (amount: string, path: string) => minorOf(amount, document.currency, path)
  return {
    ...document,
    ...{ customerId, from: instant(from), until: end(until) },
    terms: {
      ...terms,
      phases: (terms.phases ?? []).map(one => ({ ...one, from: instant(one.from), to: end(one.to) })),
      commitments: (terms.commitments ?? []).map((one, index) => ({
        ...one,
        amount: minor(one.amount, `terms.commitments.${index}.amount`),
        ...{ from: end(one.from), to: end(one.to) },
      })),
      minimum: terms.minimum == null ? null : minor(terms.minimum, 'terms.minimum'),
    },
  }
}

/** Minor units of an amount that has no more places than its currency. */
function minorOf(amount: string, currency: string, path: string): bigint {
  const places = findCurrency(currency)?.minorDigits ?? 2
  const minor = roundHalfUp(exactOf(amount), places)
  if (compare(scaled(minor, places), exactOf(amount)) !== 0)
    throw refuse('WORKSPACE_BAD_INPUT', {
      issues: [{ path, message: `${currency} has ${places} decimal places` }],
    })
  return minor
}
