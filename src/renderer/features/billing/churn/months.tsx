import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { type GridColumn, moneyColumn, numberColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { saveCsv } from '#renderer/ui/grid/save-csv.ts'
import type { ChurnMonth, MoveKind } from '#shared/contract/billing/churn.ts'
import { shareColumn } from './share-column.ts'

const CSV = ['csv'] as const
const EXPORT = saveCsv<ChurnMonth>('recurring-revenue')
/** The moves of a month, with the key that shows who made them. */
const MOVES = [
  ['new', 'n'],
  ['reactivation', 'r'],
  ['expansion', 'e'],
  ['contraction', 'o'],
  ['churn', 'u'],
] as const satisfies readonly (readonly [MoveKind, string])[]

/** How recurring revenue moved, month by month, the newest first. Each month opens to who moved in it. */
export function Months(props: {
  readonly months: readonly ChurnMonth[]
  readonly currency: string
  readonly onWhy: (month: string, kind?: MoveKind) => void
}) {
  const { months, currency, onWhy } = props
  const { t } = useTranslation()
  const format = useFormat()
  const columns = useMemo<readonly GridColumn<ChurnMonth>[]>(() => {
    const money = (id: 'start' | MoveKind | 'end', lost = false) =>
      moneyColumn<ChurnMonth>({
        ...{ id, header: t(`billing.churn.${id}`), currency: () => currency, code: false, width: 116 },
        value: row => (lost ? -row[id] : row[id]),
      })
    return [
      textColumn<ChurnMonth>({
        ...{ id: 'month', header: t('billing.churn.month'), width: 130, pin: 'start' },
        value: row => row.month,
        render: row => format.month(row.month),
      }),
      money('start'),
      money('new'),
      money('reactivation'),
      money('expansion'),
      money('contraction', true),
      money('churn', true),
      money('end'),
      shareColumn<ChurnMonth>({
        ...{ id: 'nrr', header: t('billing.churn.nrr'), hint: t('billing.churn.nrrHint') },
        value: row => row.nrr,
      }),
      shareColumn<ChurnMonth>({
        ...{ id: 'grr', header: t('billing.churn.grr'), hint: t('billing.churn.grrHint') },
        value: row => row.grr,
      }),
      shareColumn<ChurnMonth>({
        ...{ id: 'logoChurn', header: t('billing.churn.logoChurn'), hint: t('billing.churn.logoChurnHint') },
        value: row => row.logoChurn,
      }),
      numberColumn<ChurnMonth>({
        ...{ id: 'customers', header: t('billing.churn.customers') },
        value: row => row.customers.end,
      }),
      numberColumn<ChurnMonth>({
        ...{ id: 'left', header: t('billing.churn.customersLeft') },
        value: row => row.customers.churn,
      }),
      numberColumn<ChurnMonth>({
        ...{
          id: 'quickRatio',
          header: t('billing.churn.quickRatio'),
          hint: t('billing.churn.quickRatioHint'),
        },
        places: 4,
        value: row => (row.quickRatio === null ? null : BigInt(row.quickRatio.replace('.', ''))),
      }),
    ]
  }, [t, format, currency])
  const why = useMemo(
    () =>
      MOVES.map(([kind, key]) =>
        defineAction<ChurnMonth>(`ui.billing.churn.${kind}`, {
          label: () => `${t('billing.churn.why')}: ${t(`billing.churn.${kind}`)}`,
          key,
          when: row => row[kind] > 0n,
          run: row => onWhy(row.month, kind),
        }),
      ),
    [t, onWhy],
  )
  return (
    <DataGrid
      id="billing.churn.months"
      label={t('billing.churn.title')}
      columns={columns}
      rows={[...months].reverse()}
      rowKey={row => row.month}
      selectable={false}
      exportFormats={CSV}
      onExport={EXPORT}
      onOpen={row => onWhy(row.month)}
      rowActions={row => why.map(action => bindAction(action, row))}
    />
  )
}
