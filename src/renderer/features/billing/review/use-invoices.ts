import type { QueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import { ask, useCore } from '#renderer/app/core/hooks.ts'
import type { GridPage, GridSort, PagedSource } from '#renderer/ui/grid/grid-source.ts'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import type { Filter, Full, Row } from './types.ts'

const LIST = 'billing.invoice.list'
const GET = 'billing.invoice.get'

const SORTS = ['doubt', 'customer', 'total', 'change', 'state', 'number', 'assignee'] as const

/** What is most in doubt comes first. */
export const DEFAULT_SORT: readonly GridSort[] = [{ id: 'doubt', desc: true }]

/** The invoices under a filter, fetched as they are scrolled to, in the core's order. */
export function useInvoiceSource(filter: Filter): PagedSource<Row> {
  const core = useCore()
  return useMemo(
    () => ({
      queryKey: [LIST, filter],
      async fetchPage({ offset, limit, sort, signal }) {
        const [first] = sort
        const by = SORTS.find(name => name === first?.id)
        const page = await ask(
          core,
          leaf.list,
          { filter, offset, limit, ...(by ? { sort: { by, descending: first!.desc } } : {}) },
          signal,
        )
        return { rows: page.invoices, total: page.count }
      },
    }),
    [core, filter],
  )
}

/** Shows what a command has made of an invoice at once, before the lists are asked again. */
export function putRow(queries: QueryClient, row: Row): void {
  queries.setQueriesData<GridPage<Row>>({ queryKey: [LIST] }, page =>
    page && 'rows' in page ? { ...page, rows: page.rows.map(one => (one.id === row.id ? row : one)) } : page,
  )
  queries.setQueriesData<Full>({ queryKey: [GET] }, full =>
    full?.id === row.id ? { ...full, ...row } : full,
  )
}

/** The lines of an invoice as its row shows it, where the pane has them; what came in since is not what was seen. */
export function seenLines(
  queries: QueryClient,
  row: Pick<Row, 'id' | 'digest'>,
): Full['lineItems'] | undefined {
  const full = queries.getQueryData<Full>([GET, { invoiceId: row.id }])
  return full?.digest === row.digest ? full.lineItems : undefined
}
