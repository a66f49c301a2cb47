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

/** An invoice as this page last saw it, with its lines where the pane has shown them. */
export function seenInvoice(queries: QueryClient, invoiceId: string): Full | undefined {
  return queries.getQueryData<Full>([GET, { invoiceId }])
}
