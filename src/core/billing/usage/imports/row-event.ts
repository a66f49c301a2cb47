import { createDecimalCell, decimalText, readDecimalText } from '#engines/finops/bill/decimal-cell.ts'
import { readInstant } from '#engines/finops/bill/instant-cell.ts'
import type { CheckProblem, GivenEvent } from '../resolve.ts'

/** What a column of a file is. */
export type Field = 'id' | 'customer' | 'metric' | 'quantity' | 'at'

/** Names under which files have the columns, without case and marks between words; the first is ours. */
const ALIASES: Readonly<Record<Field, readonly string[]>> = {
  id: ['id', 'eventid', 'idempotencykey', 'transactionid', 'uuid'],
  customer: [
    ...['customer', 'customerid', 'customerkey', 'externalcustomerid', 'account', 'accountid'],
    ...['organization', 'organisation', 'organizationid', 'tenant', 'tenantid', 'subject'],
  ],
  metric: ['metric', 'metrickey', 'meter', 'eventname', 'code', 'event', 'type'],
  quantity: ['quantity', 'value', 'units', 'amount', 'count', 'usage'],
  at: [
    'timestamp',
    'at',
    'time',
    'datetime',
    'occurredat',
    'eventtime',
    'eventtimestamp',
    'date',
    'createdat',
  ],
}

export const FIELDS = Object.keys(ALIASES) as Field[]

/** Which name of a file stands for each field; where several do, the one that is ours or stands first in the list. */
export function fieldsOf(names: readonly string[]): Map<Field, number> {
  const plain = names.map(name => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, ''))
  const found = new Map<Field, number>()
  for (const field of FIELDS) {
    const alias = ALIASES[field].find(one => plain.includes(one))
    if (alias !== undefined) found.set(field, plain.indexOf(alias))
  }
  return found
}

export type RowProblem =
  | CheckProblem
  | 'conflict'
  | 'over-limit'
  | 'id-missing'
  | 'id-too-long'
  | 'customer-missing'
  | 'metric-missing'
  | 'instant-missing'
  | 'instant-malformed'
  | 'instant-no-such-day'
  | 'instant-date-style'
  | 'property-too-long'
  | 'fields-too-few'
  | 'fields-too-many'
  | 'json-malformed'
  | 'text-not-utf8'
  | 'quote-not-closed'
  | 'text-after-quote'
  | 'nul-byte'
  | 'record-too-long'

/** Why a row of a file cannot be taken, and where in it. */
export interface Refused {
  readonly problem: RowProblem
  readonly field: string | null
  readonly value: string | null
}

const refused = (problem: RowProblem, field: string | null = null, value: string | null = null): Refused => ({
  problem,
  field,
  value: value === null ? null : value.slice(0, 80),
})

/** A row of a file, as texts, and what else it has. */
export interface RowTexts {
  readonly id: string
  readonly customer: string
  readonly metric: string
  readonly quantity: string
  readonly at: string
  readonly properties: Readonly<Record<string, string>>
}

const PLAIN = /^-?\d{1,30}(\.\d{1,30})?$/
const EPOCH = /^(\d{9,19})(?:\.\d{1,9})?$/
const number = createDecimalCell()

/** What a row says; what it means is for `checkEvent` to find out. */
export function eventOfRow(row: RowTexts): GivenEvent | Refused {
  const { id, customer, metric, properties } = row
  if (id === '') return refused('id-missing', 'id')
  if (id.length > 200) return refused('id-too-long', 'id', id)
  // Half of a surrogate pair, which JSON can say and no database keeps: the id would be another one afterwards.
  if (!id.isWellFormed()) return refused('text-not-utf8', 'id')
  if (customer === '') return refused('customer-missing', 'customer')
  if (metric === '') return refused('metric-missing', 'metric')
  if (row.at === '') return refused('instant-missing', 'at')
  const at = instantOf(row.at)
  if (typeof at === 'string') return refused(at, 'at', row.at)
  let quantity = row.quantity === '' ? '1' : row.quantity
  if (!PLAIN.test(quantity)) {
    if (!readDecimalText(number, quantity.trim()))
      return refused('quantity-malformed', 'quantity', row.quantity)
    quantity = decimalText(number.big ?? BigInt(number.mantissa), number.scale)
  }
  for (const key in properties) {
    const value = properties[key] as string
    if (!key.isWellFormed() || !value.isWellFormed()) return refused('text-not-utf8', key.toWellFormed())
    if (key.length > 60 || value.length > 500) return refused('property-too-long', key.slice(0, 60), value)
  }
  return { id, customer, metric, quantity, at, properties }
}

/** Seconds, milliseconds, micro- or nanoseconds since the epoch by their number of digits; or ISO 8601. */
function instantOf(
  text: string,
): bigint | 'instant-malformed' | 'instant-no-such-day' | 'instant-date-style' {
  const digits = EPOCH.exec(text)?.[1]
  if (digits === undefined) {
    const ms = readInstant(text, 'iso')
    return typeof ms === 'string' ? ms : BigInt(ms)
  }
  if (digits.length >= 18) return BigInt(digits) / 1_000_000n
  if (digits.length >= 15) return BigInt(digits) / 1000n
  if (digits.length >= 12) return BigInt(digits)
  return BigInt(Math.round(Number(text) * 1000))
}
