import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useCallback, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import {
  type GridSelection,
  isSelected,
  NOTHING_SELECTED,
  selectedCount,
  useSelection,
  withRows,
} from '#renderer/state/selection.ts'
import { useCopy, useToasts } from '#renderer/ui/overlay/toast.tsx'
import type { GridColumn } from './columns.tsx'
import { toDelimited } from './delimited.ts'
import { PAGE_SIZE, type PagedSource, pageKey, pagesOf } from './grid-source.ts'
import type { GridModel } from './use-grid-model.ts'

/** Most rows that are copied or selected as a range at once. More is an export. */
export const COPY_LIMIT = 10_000

/** The rows of a range of a paged table, fetched where they are not at hand. */
async function fetchRange<T>(
  queries: QueryClient,
  source: PagedSource<T>,
  model: GridModel<T>,
  from: number,
  to: number,
): Promise<readonly T[]> {
  const { sort, filters } = model
  const parts = await Promise.all(
    pagesOf(from, to + 1).map(page =>
      queries.fetchQuery({
        queryKey: pageKey(source, sort, filters, page),
        queryFn: ({ signal }) =>
          source.fetchPage({ offset: page * PAGE_SIZE, limit: PAGE_SIZE, sort, filters, signal }),
        staleTime: Number.POSITIVE_INFINITY,
      }),
    ),
  )
  const first = Math.floor(from / PAGE_SIZE) * PAGE_SIZE
  return parts.flatMap(part => part.rows).slice(from - first, to - first + 1)
}

interface RowsInput<T> {
  readonly id: string
  readonly model: GridModel<T>
  readonly source: PagedSource<T> | undefined
  readonly rowAt: (index: number) => T | undefined
  readonly rowKey: (row: T) => string
  readonly total: number
}

export interface GridRowCommands<T> {
  readonly selection: GridSelection
  readonly selected: number
  /** From where a range is selected. */
  setAnchor(index: number): void
  toggle(index: number): void
  toggleAll(): void
  /** Selects from the anchor to here; `fresh` forgets what was selected before. */
  selectRange(to: number, fresh: boolean): void
  clear(): void
  /** The rows of a range, fetched where they are not at hand. */
  between(from: number, to: number): Promise<readonly T[]>
  /** The selected rows in their order, at most `COPY_LIMIT` of them. */
  chosen(): Promise<readonly T[]>
  /** Copies the selected rows, or this one where none is. */
  copy(columns: readonly GridColumn<T>[], current: T | undefined): Promise<void>
}

/** What is selected, and what can be done with it. */
export function useGridRows<T>({
  id,
  model,
  source,
  rowAt,
  rowKey,
  total,
}: RowsInput<T>): GridRowCommands<T> {
  const { t } = useTranslation()
  const queries = useQueryClient()
  const toasts = useToasts()
  const copyText = useCopy()
  const selection = useSelection(state => state.grids[id] ?? NOTHING_SELECTED)
  const select = useSelection(state => state.select)
  const anchor = useRef(0)
  const selected = selectedCount(selection, total)
  const clear = useCallback(() => select(id, NOTHING_SELECTED), [select, id])
  const between = (from: number, to: number): Promise<readonly T[]> =>
    source ? fetchRange(queries, source, model, from, to) : Promise.resolve(model.rows.slice(from, to + 1))
  const chosen = async () =>
    selected === 0
      ? []
      : (await between(0, Math.min(total, COPY_LIMIT) - 1)).filter(row => isSelected(selection, rowKey(row)))
  const tooMany = () =>
    toasts.show({ text: t('ui.grid.copyTooMany', { limit: COPY_LIMIT }), tone: 'warning' })
  return {
    selection,
    selected,
    clear,
    setAnchor: index => {
      anchor.current = index
    },
    toggle: index => {
      const row = rowAt(index)
      if (row === undefined) return
      const key = rowKey(row)
      anchor.current = index
      select(id, withRows(selection, [key], !isSelected(selection, key)))
    },
    toggleAll: () =>
      select(id, selected === total && total > 0 ? NOTHING_SELECTED : { mode: 'all-but', keys: new Set() }),
    selectRange: (to, fresh) => {
      const [from, until] = anchor.current < to ? [anchor.current, to] : [to, anchor.current]
      if (until - from >= COPY_LIMIT && source) {
        tooMany()
        return
      }
      between(from, until).then(
        rows => select(id, withRows(fresh ? NOTHING_SELECTED : selection, rows.map(rowKey), true)),
        error => toasts.fail(error),
      )
    },
    between,
    chosen,
    copy: async (columns, current) => {
      const copied = selected > 0 ? await chosen() : current ? [current] : []
      if (copied.length === 0) return
      copyText(
        toDelimited(columns, copied, '\t'),
        t('ui.grid.copied', { count: copied.length, formatted: copied.length.toString() }),
      )
      if (selected > copied.length) tooMany()
    },
  }
}
