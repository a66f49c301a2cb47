import type { z } from 'zod'
import type { CustomerFilter, CustomerRow, CustomerSort } from '#shared/contract/billing/customers.ts'

type Row = z.infer<typeof CustomerRow>
type Filter = z.infer<typeof CustomerFilter>
type Sort = z.infer<typeof CustomerSort>

/** Customers that a filter leaves. Texts are found in any case, at any place. */
export function narrowCustomers(rows: readonly Row[], filter: Filter): Row[] {
  const { states, ...texts } = filter
  const wanted = Object.entries(texts).flatMap(([field, text]) =>
    text === undefined ? [] : [[field as keyof typeof texts, plain(text)] as const],
  )
  const allowed = states === undefined ? null : new Set<string>(states)
  return rows.filter(
    row =>
      (allowed === null || allowed.has(row.state ?? 'none')) &&
      wanted.every(([field, text]) => plain(row[field] ?? '').includes(text)),
  )
}

/**
 * Customers in another order than that of their names. What has no value comes last either way; amounts stand
 * by currency first, because amounts of different currencies cannot be compared.
 */
export function sortCustomers(rows: readonly Row[], { by, descending }: Sort): Row[] {
  const turn = descending ? -1 : 1
  const keys = rows.map(row => ({ row, key: keyOf(row, by) }))
  keys.sort((a, b) => {
    if (by === 'lastTotal' && a.key !== null && b.key !== null && a.row.currency !== b.row.currency)
      return compare(a.row.currency, b.row.currency)
    if (a.key === null || b.key === null) {
      if (a.key !== b.key) return a.key === null ? 1 : -1
    } else if (a.key !== b.key) return turn * compare(a.key, b.key)
    return compare(plain(a.row.name), plain(b.row.name)) || compare(a.row.id, b.row.id)
  })
  return keys.map(({ row }) => row)
}

function keyOf(row: Row, by: Sort['by']): string | bigint | null {
  const value = row[by]
  if (value === null || value === '') return null
  return typeof value === 'bigint' ? value : plain(value)
}

function compare<T extends string | bigint>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Case does not count, nor do marks above letters. */
function plain(text: string): string {
  return text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase()
}
