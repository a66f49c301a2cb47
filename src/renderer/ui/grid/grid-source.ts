import { type QueryKey, useQueries } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import type { ColumnFilter } from '#renderer/state/filters.ts'
import { canonicalJson } from '#shared/canonical.ts'

export interface GridSort {
  readonly id: string
  readonly desc: boolean
}

/** What a grid asks its source for. */
export interface PageRequest {
  readonly offset: number
  readonly limit: number
  readonly sort: readonly GridSort[]
  readonly filters: Readonly<Record<string, ColumnFilter>>
  readonly signal: AbortSignal
}

export interface GridPage<T> {
  readonly rows: readonly T[]
  /** How many rows there are under these filters. */
  readonly total: number
}

/** A table of any length that is fetched page by page, sorted and filtered by who answers. */
export interface PagedSource<T> {
  /** Begins with the id of the query of the contract, so that live changes refetch it: `[id, input]`. */
  readonly queryKey: QueryKey
  readonly fetchPage: (request: PageRequest) => Promise<GridPage<T>>
}

/** Rows in a page. Large enough for a screen, small enough to be quick. */
export const PAGE_SIZE = 200

/** How long a page is waited for before it is asked for, when the scrollbar runs over many, in milliseconds. */
const SETTLE = 60

/** The rows of a grid by their place. A row that is still on its way is undefined. */
export interface GridRows<T> {
  readonly count: number
  readonly at: (index: number) => T | undefined
  readonly loading: boolean
  /** True while what is shown may be of an earlier question. */
  readonly stale: boolean
  readonly error: unknown
  readonly retry: () => void
}

/** The pages that hold the rows from `first` to before `end`. */
export function pagesOf(first: number, end: number): readonly number[] {
  const from = Math.floor(first / PAGE_SIZE)
  const to = Math.max(from, Math.ceil(end / PAGE_SIZE) - 1)
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

/** The key under which a page is kept. */
export function pageKey(
  source: Pick<PagedSource<unknown>, 'queryKey'>,
  sort: readonly GridSort[],
  filters: Readonly<Record<string, ColumnFilter>>,
  page: number,
): QueryKey {
  return [...source.queryKey, { sort, filters }, { page, size: PAGE_SIZE }]
}

/** Fetches the pages that are looked at, keeps them for a while, and drops what was scrolled past. */
export function usePagedRows<T>(
  source: PagedSource<T> | undefined,
  sort: readonly GridSort[],
  filters: Readonly<Record<string, ColumnFilter>>,
  wanted: readonly number[],
): GridRows<T> {
  const held = useRef<Held<T>>({ question: '', total: 0, pages: new Map() })
  const [pages, setPages] = useState<readonly number[]>([0])
  useEffect(() => {
    const timer = setTimeout(() => setPages(wanted), SETTLE)
    return () => clearTimeout(timer)
  }, [wanted])
  const asked = source ? pages : []
  const results = useQueries({
    queries: asked.map(page => ({
      queryKey: source ? pageKey(source, sort, filters, page) : ['none'],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        source!.fetchPage({ offset: page * PAGE_SIZE, limit: PAGE_SIZE, sort, filters, signal }),
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 60_000,
    })),
  })
  const question = canonicalJson([source?.queryKey, sort, filters])
  return useMemo(() => {
    const answered = results.flatMap((result, i) => (result.data ? [[asked[i]!, result.data] as const] : []))
    // What an earlier question brought stays drawn until the first page of the new one is there.
    if (answered.length > 0 && held.current.question !== question) {
      held.current = { question, total: 0, pages: new Map() }
    }
    const { pages } = held.current
    for (const [page, data] of answered) {
      pages.set(page, data.rows)
      held.current.total = data.total
    }
    for (const page of pages.keys()) {
      if (Math.abs(page - (asked[0] ?? 0)) > KEPT) pages.delete(page)
    }
    const stale = source !== undefined && held.current.question !== '' && held.current.question !== question
    return {
      count: held.current.total,
      at: (index: number) => pages.get(Math.floor(index / PAGE_SIZE))?.[index % PAGE_SIZE],
      loading: held.current.question === '' && results.some(result => result.isPending),
      stale,
      error: results.find(result => result.error)?.error ?? null,
      retry: () => {
        for (const result of results) if (result.error) void result.refetch()
      },
    }
  }, [results, asked, question, source])
}

interface Held<T> {
  question: string
  total: number
  readonly pages: Map<number, readonly T[]>
}

/** Pages to either side that stay drawn while the next ones come. */
const KEPT = 20
