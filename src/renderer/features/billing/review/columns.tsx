import { IconAlertTriangle, IconFileTypePdf, IconLoader, IconMessage } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '#renderer/app/shell/session.ts'
import { decimalText } from '#renderer/ui/format/decimal.ts'
import { minorDigits } from '#renderer/ui/format/money.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { type GridColumn, moneyColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { Change } from './change.tsx'
import { DoubtChips } from './doubt-chips.tsx'
import { doubtChip } from './doubt-words.ts'
import classes from './review.module.css'
import { useInvoiceStates } from './states.ts'
import type { Row } from './types.ts'

/** The columns of the review, what is decided by first. The core sorts, so only what it sorts by is sortable. */
export function useInvoiceColumns(places: number): readonly GridColumn<Row>[] {
  const { t } = useTranslation()
  const format = useFormat()
  const states = useInvoiceStates()
  const { people } = useSession()
  return useMemo(() => {
    const currency = (row: Row) => row.currency
    const nameOf = (id: string | null) => people.find(person => person.id === id)?.name ?? ''
    const plain = { filter: undefined } as const
    return [
      textColumn<Row>({
        id: 'customer',
        header: t('billing.review.column.customer'),
        width: 172,
        pin: 'start',
        value: row => row.customer,
        ...plain,
      }),
      statusColumn<Row>({
        id: 'state',
        header: t('billing.review.column.state'),
        width: 106,
        value: row => row.state,
        states,
        ...plain,
      }),
      {
        id: 'doubt',
        header: t('billing.review.column.doubt'),
        hint: t('billing.review.hint.doubt'),
        width: 236,
        value: row => row.doubts.length,
        text: row => row.doubts.map(doubt => doubtChip(doubt, t, format)).join(', '),
        render: row => <DoubtChips doubts={row.doubts} currency={row.currency} />,
      },
      moneyColumn<Row>({
        id: 'total',
        header: t('billing.review.column.total'),
        width: 136,
        value: row => row.total,
        currency,
        alignPlaces: places,
        ...plain,
      }),
      {
        id: 'change',
        header: t('billing.review.column.change'),
        hint: t('billing.review.hint.change'),
        width: 168,
        align: 'end',
        value: row => row.change,
        text: row => (row.change === null ? '' : decimalText(row.change, minorDigits(row.currency))),
        render: row =>
          row.change === null ? null : (
            <Change change={row.change} previous={row.previous} currency={row.currency} />
          ),
      },
      moneyColumn<Row>({
        id: 'previous',
        header: t('billing.review.column.previous'),
        width: 136,
        sortable: false,
        value: row => row.previous,
        currency,
        alignPlaces: places,
        ...plain,
      }),
      textColumn<Row>({
        id: 'plan',
        header: t('billing.review.column.plan'),
        width: 120,
        sortable: false,
        value: row => row.plan,
        ...plain,
      }),
      textColumn<Row>({
        id: 'assignee',
        header: t('billing.review.column.assignee'),
        width: 120,
        value: row => nameOf(row.assignee),
        ...plain,
      }),
      {
        id: 'comments',
        header: t('billing.review.column.comments'),
        width: 92,
        align: 'end',
        sortable: false,
        value: row => row.comments,
        render: row =>
          row.comments === 0 ? null : (
            <span className={classes.comments}>
              <IconMessage size={14} aria-hidden="true" />
              {format.integer(row.comments)}
            </span>
          ),
      },
      textColumn<Row>({
        id: 'number',
        header: t('billing.review.column.number'),
        width: 140,
        value: row => row.number,
        ...plain,
      }),
      {
        id: 'pdf',
        header: t('billing.review.column.pdf'),
        width: 104,
        sortable: false,
        value: row => row.pdf,
        text: row => t(`billing.review.pdf.${row.pdf}`),
        render: row => (row.pdf === 'none' ? null : <PdfState state={row.pdf} />),
      },
    ]
  }, [t, format, states, people, places])
}

const ICONS = { waiting: IconLoader, ready: IconFileTypePdf, failed: IconAlertTriangle } as const

function PdfState({ state }: { readonly state: keyof typeof ICONS }) {
  const { t } = useTranslation()
  const Icon = ICONS[state]
  return (
    <span className={classes.comments} data-failed={state === 'failed'}>
      <Icon size={14} aria-hidden="true" />
      {t(`billing.review.pdf.${state}`)}
    </span>
  )
}
