import type { ReactNode, Ref } from 'react'
import { useTranslation } from 'react-i18next'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import type { GridHandle } from '#renderer/ui/grid/grid-props.ts'
import type { GridSearch } from '#renderer/ui/grid/grid-search.tsx'
import { useInvoiceColumns } from './columns.tsx'
import { type Filter, GRID, type Row } from './types.ts'
import { DEFAULT_SORT, useInvoiceSource } from './use-invoices.ts'

const rowKey = (row: Row) => row.id

/** The invoices of the review, doubtful ones first, however many there are. */
export function InvoiceGrid(props: {
  readonly handle: Ref<GridHandle<Row>>
  readonly filter: Filter
  readonly search: GridSearch
  /** Places of the currency with most of them. */
  readonly places: number
  readonly rowActions: (row: Row) => readonly (BoundAction | null)[]
  readonly onOpen: (row: Row) => void
  readonly onActive: (row: Row | null) => void
  readonly onEscape: (() => void) | undefined
  readonly empty: ReactNode
}) {
  const { t } = useTranslation()
  const columns = useInvoiceColumns(props.places)
  const source = useInvoiceSource(props.filter)
  return (
    <DataGrid
      id={GRID}
      label={t('billing.review.title')}
      columns={columns}
      source={source}
      rowKey={rowKey}
      defaultSort={DEFAULT_SORT}
      handle={props.handle}
      followRow
      search={props.search}
      rowActions={props.rowActions}
      onOpen={props.onOpen}
      onActiveChange={props.onActive}
      onEscape={props.onEscape}
      empty={props.empty}
    />
  )
}
