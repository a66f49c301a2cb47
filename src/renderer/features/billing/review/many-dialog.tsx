import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Money } from '#renderer/ui/display/money.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import classes from './review.module.css'
import type { Row } from './types.ts'

/** All invoices of a kind: of a month, or of what filters leave of it. */
export interface AllOf {
  readonly month: string
  readonly narrowed: boolean
  /** Drafts in doubt, which are not among them. */
  readonly doubtful: number
}

export interface ManyDialogProps {
  readonly kind: 'approve' | 'issue'
  /** Exactly those that will be approved or issued, as they are now. */
  readonly rows: readonly Row[]
  /** Null where they were selected. */
  readonly allOf: AllOf | null
  readonly onClose: () => void
  readonly onConfirm: () => void
}

/** Says how many invoices and how much money it is about before many are approved or issued at once. */
export function ManyDialog({ kind, rows, allOf, onClose, onConfirm }: ManyDialogProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const totals = useMemo(() => totalsOf(rows), [rows])
  const counted = { count: rows.length, formatted: format.integer(rows.length) }
  const doubtful = rows.filter(row => row.doubts.length > 0).length
  return (
    <Confirm
      opened
      onClose={onClose}
      title={t(
        kind === 'approve' && allOf !== null
          ? 'billing.review.dialog.approveCleanTitle'
          : `billing.review.dialog.${kind}Title`,
        counted,
      )}
      confirm={t(`billing.review.action.${kind}`)}
      onConfirm={onConfirm}
    >
      <p>
        {kind === 'issue'
          ? `${t('billing.review.dialog.issueText', counted)} ${t('billing.review.dialog.issueFinal')}`
          : allOf === null
            ? t('billing.review.dialog.approveSelected', counted)
            : t(`billing.review.dialog.${allOf.narrowed ? 'approveCleanShown' : 'approveClean'}`, {
                ...counted,
                month: format.month(allOf.month),
              })}{' '}
        {kind === 'issue' && allOf?.narrowed ? t('billing.review.dialog.issueShown') : null}
        {allOf !== null && allOf.doubtful > 0
          ? t('billing.review.dialog.leftDoubtful', {
              count: allOf.doubtful,
              formatted: format.integer(allOf.doubtful),
            })
          : null}
        {kind === 'approve' && doubtful > 0
          ? t('billing.review.dialog.selectedDoubtful', {
              count: doubtful,
              formatted: format.integer(doubtful),
            })
          : null}
      </p>
      <div className={classes.table}>
        <SmallTable
          label={t('billing.review.dialog.totals')}
          head={[
            t('billing.review.dialog.currency'),
            t('billing.review.dialog.count'),
            t('billing.review.dialog.totals'),
          ]}
          figures={[1, 2]}
          rows={totals.map(({ currency, count, total }) => [
            currency,
            format.integer(count),
            <Money key="total" minor={total} currency={currency} code={false} />,
          ])}
        />
      </div>
      <p>
        {t(`billing.review.dialog.each_${kind}`)}{' '}
        {kind === 'approve' ? t('billing.review.dialog.undoable') : null}
      </p>
    </Confirm>
  )
}

/** Counts and sums by currency: amounts of different currencies are never added. */
export function totalsOf(
  rows: readonly Pick<Row, 'currency' | 'total'>[],
): readonly { readonly currency: string; readonly count: number; readonly total: bigint }[] {
  const sums = new Map<string, { count: number; total: bigint }>()
  for (const { currency, total } of rows) {
    const sum = sums.get(currency) ?? { count: 0, total: 0n }
    sums.set(currency, { count: sum.count + 1, total: sum.total + total })
  }
  return [...sums]
    .map(([currency, sum]) => ({ currency, ...sum }))
    .sort((a, b) => (a.currency < b.currency ? -1 : 1))
}
