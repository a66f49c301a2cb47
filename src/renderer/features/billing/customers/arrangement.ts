import type { z } from 'zod'
import type { ColumnFilter } from '#renderer/state/filters.ts'
import type { GridSort } from '#renderer/ui/grid/grid-source.ts'
import { CustomerFilter, CustomerSort } from '#shared/contract/billing/customers.ts'

type Filter = z.infer<typeof CustomerFilter>
type Sort = z.infer<typeof CustomerSort>

/** What the filters of the columns ask the core for. */
export function filterOf(filters: Readonly<Record<string, ColumnFilter>>): Filter {
  const wanted: Record<string, unknown> = {}
  for (const [column, filter] of Object.entries(filters)) {
    if (filter.kind === 'contains') wanted[column] = filter.text
    else if (filter.kind === 'in' && column === 'state') wanted.states = filter.values
  }
  // A filter that was kept for a column which is no more is left out.
  return CustomerFilter.catch({}).parse(wanted)
}

/** The order that the core is asked for; nothing for that of names, which it has by itself. */
export function sortOf(sort: readonly GridSort[]): { sort?: Sort } {
  const [first] = sort
  const by = CustomerSort.shape.by.options.find(name => name === first?.id)
  return by === undefined ? {} : { sort: { by, descending: first!.desc } }
}
