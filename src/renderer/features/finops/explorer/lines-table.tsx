import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, type InputOf, type OutputOf, useCore } from '#renderer/app/core/hooks.ts'
import { groupDecimal } from '#renderer/ui/format/decimal.ts'
import { formatInstant } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { GridColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid, type GridExport } from '#renderer/ui/grid/data-grid.tsx'
import type { PagedSource } from '#renderer/ui/grid/grid-source.ts'
import { finops } from '#shared/contract/finops.ts'

export type Line = OutputOf<typeof finops.costs.lines>['lines'][number]
type Slice = Pick<InputOf<typeof finops.costs.lines>, 'period' | 'filters'>

/** The columns of a list of cost lines, in the words of FOCUS, which people of the field read. */
export const LINE_COLUMNS = [
  'ChargePeriodStart',
  'ServiceName',
  'ChargeDescription',
  'EffectiveCost',
  'BilledCost',
  'BillingCurrency',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ProviderName',
  'SubAccountId',
  'RegionId',
  'ResourceId',
  'ChargeCategory',
  'ListCost',
  'ContractedCost',
  'Customer',
  'Department',
  'Project',
] as const

const AMOUNTS: ReadonlySet<string> = new Set([
  'ConsumedQuantity',
  'BilledCost',
  'EffectiveCost',
  'ListCost',
  'ContractedCost',
])
const HIDDEN: ReadonlySet<string> = new Set(['ListCost', 'ContractedCost'])
const WIDE: ReadonlySet<string> = new Set(['ServiceName', 'ResourceId', 'ChargeDescription'])

interface LinesTableProps {
  readonly slice: Slice
  readonly onOpen: (line: Line) => void
  readonly onActiveChange: (line: Line | null) => void
  readonly onEscape?: (() => void) | undefined
  readonly onExport: (request: GridExport<Line>) => void | Promise<void>
}

/** The lines behind a slice, however many there are: fetched as they are scrolled to. */
export function LinesTable({ slice, onOpen, onActiveChange, onEscape, onExport }: LinesTableProps) {
  const { t } = useTranslation()
  const core = useCore()
  const { numberStyle, dateStyle } = useFormat()
  const source = useMemo<PagedSource<Line>>(
    () => ({
      queryKey: ['finops.costs.lines', slice],
      async fetchPage({ offset, limit, sort, signal }) {
        const [by] = sort
        const page = await ask(
          core,
          finops.costs.lines,
          {
            ...slice,
            columns: [...LINE_COLUMNS],
            offset,
            limit,
            ...(by ? { sort: { column: by.id, descending: by.desc } } : {}),
          },
          signal,
        )
        return { rows: page.lines, total: page.count }
      },
    }),
    [core, slice],
  )
  const columns = useMemo<GridColumn<Line>[]>(
    () =>
      LINE_COLUMNS.map(name => {
        const amount = AMOUNTS.has(name)
        return {
          id: name,
          header: name.replace(/^x_/, ''),
          value: line => line.values[name] ?? null,
          align: amount ? ('end' as const) : undefined,
          width: WIDE.has(name) ? 240 : name === 'ChargePeriodStart' ? 165 : 130,
          hidden: HIDDEN.has(name),
          render: line => {
            const value = line.values[name]
            if (value == null) return null
            if (name === 'ChargePeriodStart') return formatInstant(Date.parse(value), 'UTC', dateStyle)
            return amount ? groupDecimal(value, numberStyle) : value
          },
        }
      }),
    [numberStyle, dateStyle],
  )
  return (
    <DataGrid
      id="finops.costs.lines"
      label={t('finops.explorer.linesTitle')}
      columns={columns}
      source={source}
      rowKey={line => line.id}
      defaultSort={[{ id: 'EffectiveCost', desc: true }]}
      selectable={false}
      onOpen={onOpen}
      onActiveChange={onActiveChange}
      onEscape={onEscape}
      onExport={onExport}
    />
  )
}
