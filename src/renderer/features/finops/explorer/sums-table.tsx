import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import { Cost } from '#renderer/ui/display/money.tsx'
import { decimalText } from '#renderer/ui/format/decimal.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { type GridColumn, numberColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid, type GridExport } from '#renderer/ui/grid/data-grid.tsx'
import { Figure } from '#renderer/ui/grid/figure.tsx'
import type { ExploreRow } from '#shared/contract/finops-costs.ts'
import type { ExplorerState } from './address.ts'
import { changeOf, denominationText, type Explored, sameDenomination, toNumber } from './series.ts'
import { bucketNames, type ExplorerWords } from './words.ts'

interface SumsTableProps {
  readonly result: Explored
  readonly state: ExplorerState
  readonly words: ExplorerWords
  readonly onOpen: (row: ExploreRow) => void
  readonly rowActions: (row: ExploreRow) => readonly (BoundAction | null)[]
  readonly onExport: (request: GridExport<ExploreRow>) => void | Promise<void>
}

/** A column of amounts of a row: cost in its currency, a quantity in its unit. */
function amountColumn(
  id: string,
  header: string,
  amount: (row: ExploreRow) => bigint | null,
): GridColumn<ExploreRow> {
  return {
    id,
    header,
    align: 'end',
    width: 128,
    filter: 'number',
    places: row => row.scale,
    denomination: denominationText,
    value: amount,
    render: row => {
      const units = amount(row)
      if (units === null) return null
      if (row.currency === null) return <Figure value={units} places={row.scale} />
      return <Cost units={units} currency={row.currency} code={false} toned />
    },
    text: row => {
      const units = amount(row)
      return units === null ? '' : decimalText(units, row.scale)
    },
  }
}

/** The sums of the explorer: a row for each group, a column for each bucket, and what they come to. */
export function SumsTable({ result, state, words, onOpen, rowActions, onExport }: SumsTableProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const several = result.totals.length > 1
  const columns = useMemo(() => {
    const list: GridColumn<ExploreRow>[] = state.by.map((dimension, index) =>
      textColumn<ExploreRow>({
        id: `key${index}`,
        header: words.dimension(dimension),
        width: 220,
        pin: 'start',
        value: row =>
          row.keys === null
            ? index === 0
              ? words.row(null, row.merged)
              : ''
            : words.value(row.keys[index] ?? null),
      }),
    )
    if (state.by.length === 0) {
      list.push(
        textColumn<ExploreRow>({
          id: 'key',
          header: t('finops.explorer.total'),
          pin: 'start',
          value: () => '',
        }),
      )
    }
    list.push(
      textColumn<ExploreRow>({
        id: 'denomination',
        header: state.measure === 'quantity' ? t('finops.explorer.unit') : t('finops.explorer.currency'),
        width: state.measure === 'quantity' ? 130 : 84,
        value: row => denominationText(row),
      }),
    )
    if (state.grain !== 'none') {
      for (const [index, name] of bucketNames(words, result, state.grain).entries()) {
        list.push(amountColumn(`bucket${index}`, name, row => row.amounts[index] ?? null))
      }
    }
    list.push(amountColumn('total', t('finops.explorer.total'), row => row.total))
    if (result.previousBuckets) {
      list.push(
        amountColumn('previous', t('finops.explorer.previous'), row => row.previousTotal),
        {
          id: 'change',
          header: t('finops.explorer.change'),
          align: 'end',
          width: 92,
          value: changeOf,
          render: row => {
            const change = changeOf(row)
            return change === null ? null : `${change > 0 ? '+' : ''}${format.percent(change)}`
          },
        },
      )
    }
    list.push(
      {
        id: 'share',
        header: t('finops.explorer.share'),
        align: 'end',
        width: 84,
        value: row => shareOf(row, result),
        render: row => {
          const share = shareOf(row, result)
          return share === null ? null : format.percent(share)
        },
      },
      numberColumn<ExploreRow>({
        id: 'lines',
        header: t('finops.explorer.lines'),
        width: 96,
        value: row => row.lines,
      }),
    )
    return list
  }, [result, state.by, state.grain, state.measure, words, t, format])

  const totals = useMemo(() => {
    const [only] = result.totals
    if (several || !only) return undefined
    const cell = (units: bigint | null) =>
      units === null ? null : only.currency === null ? (
        <Figure value={units} places={only.scale} />
      ) : (
        <Cost units={units} currency={only.currency} code={false} />
      )
    const cells: Record<string, React.ReactNode> = {
      key0: t('finops.explorer.total'),
      denomination: denominationText(only),
      total: cell(only.total),
      previous: cell(only.previousTotal),
      lines: format.integer(only.lines),
    }
    for (const [index, amount] of only.amounts.entries()) cells[`bucket${index}`] = cell(amount)
    return cells
  }, [result, several, t, format])

  return (
    <DataGrid
      id={`finops.costs.explore/${state.by.join('+')}/${state.grain}`}
      label={t('finops.explorer.title')}
      columns={columns}
      rows={result.rows}
      rowKey={row => `${denominationText(row)}|${row.keys === null ? 'rest' : JSON.stringify(row.keys)}`}
      selectable={false}
      onOpen={onOpen}
      rowActions={rowActions}
      onExport={onExport}
      // The totals are of everything; under a column filter they would not be the sum of what is seen.
      totals={totals ? rows => (rows.length === result.rows.length ? totals : {}) : undefined}
    />
  )
}

/** A row's share of its currency's or unit's total; null where the total is nothing. */
function shareOf(row: ExploreRow, result: Explored): number | null {
  const total = result.totals.find(one => sameDenomination(one, row))
  if (!total || total.total === 0n) return null
  return toNumber(row.total, row.scale) / toNumber(total.total, total.scale)
}
