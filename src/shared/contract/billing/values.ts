import { z } from 'zod'

/**
 * An exact decimal as text, never a `number`: a unit price, a rate, a quantity in the metric's unit. At most
 * 12 places (DESIGN section 4).
 */
export const DecimalText = z.string().regex(/^-?(0|[1-9]\d{0,17})(\.\d{1,12})?$/, 'a decimal such as 12.5')
/** A decimal that is not negative. */
export const AmountText = z.string().regex(/^(0|[1-9]\d{0,17})(\.\d{1,12})?$/, 'a decimal of 0 or more')
/** A rate of tax: 0.08 for 8 %. What is above 1 was meant in per cent. */
export const TaxFraction = z
  .string()
  .regex(/^(0(\.\d{1,12})?|1(\.0{1,12})?)$/, 'a fraction from 0 to 1, 0.08 for 8 %')
/** ISO 4217, upper case. */
export const CurrencyCode = z.string().regex(/^[A-Z]{3}$/)
/** Billed money: a count of the currency's minor units. The currency stands beside it. */
export const Minor = z.bigint()
/** What people and files call a thing: stable, unique in its kind, part of addresses and imports. */
export const Key = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[a-z0-9]+(?:[-_.][a-z0-9]+)*$/, 'lower-case letters, digits and - _ . between them')
/** A calendar month, `2026-10`. */
export const Month = z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/)
/** Half-open, `[from, to)`, in milliseconds since the epoch. */
export const Span = z.object({ from: z.bigint(), to: z.bigint() })
export type Span = z.infer<typeof Span>
/** How often a subscription is billed. */
export const Interval = z.enum(['week', 'month', 'quarter', 'year'])
export type Interval = z.infer<typeof Interval>
/** Where billing periods begin: with the calendar's, or with the subscription's own anchor. */
export const Alignment = z.enum(['calendar', 'anniversary'])
export type Alignment = z.infer<typeof Alignment>
