import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { InvoiceState, invoices as leaf } from '#shared/contract/billing/invoices.ts'
import shared from '../billing.module.css'
import { InAll } from '../exchange/in-all.tsx'
import type { ReviewState } from './address.ts'
import classes from './review.module.css'
import type { Filter } from './types.ts'

type Totals = OutputOf<typeof leaf.summary>

/** How the month stands: all of it, and its drafts by themselves. */
export function useMonthSummary(month: string) {
  const all = useCoreQuery(leaf.summary, { filter: { period: month, search: '' } })
  const drafts = useCoreQuery(leaf.summary, { filter: { period: month, states: ['draft'], search: '' } })
  return { all: all.data, drafts: drafts.data, error: all.error ?? drafts.error }
}

/** What all at once would be done to: the clean drafts and the approved ones of the month, or of what filters leave. */
export function useScopeCounts(scope: Filter, month: ReturnType<typeof useMonthSummary>) {
  const { period: _, search, ...rest } = scope
  const narrowed = search !== '' || Object.keys(rest).length > 0
  const enabled = narrowed
  const drafts = useCoreQuery(leaf.summary, { filter: { ...scope, states: ['draft'] } }, { enabled })
  const all = useCoreQuery(leaf.summary, { filter: scope }, { enabled })
  return {
    narrowed,
    clean: (narrowed ? drafts.data : month.drafts)?.clean ?? 0,
    approved: countOf(narrowed ? all.data : month.all, 'approved'),
  }
}

/** How many invoices of a state there are. */
export function countOf(summary: Totals | undefined, state: InvoiceState): number {
  return summary?.states.find(one => one.state === state)?.count ?? 0
}

/** Which of the drafts may be wrong, whether the rest is fine, and what it all comes to: the page's answer. */
export function SummaryAnswer(props: {
  readonly month: string
  readonly all: Totals
  readonly drafts: Totals
  readonly onShow: (part: Partial<ReviewState>) => void
}) {
  const { all, drafts, onShow } = props
  const { t } = useTranslation()
  const format = useFormat()
  const count = drafts.doubtful + drafts.clean
  const link = (label: string, part: Partial<ReviewState>) => (
    <button type="button" className={classes.link} onClick={() => onShow(part)}>
      {label}
    </button>
  )
  const states = InvoiceState.options
    .map(state => ({ state, count: countOf(all, state) }))
    .filter(one => one.count > 0)
  const number = all.doubtful + all.clean
  return (
    <>
      <p className={shared.lead}>
        {count === 0
          ? t('billing.review.answer.noDrafts')
          : drafts.doubtful === 0
            ? t('billing.review.answer.noneDoubtful', { count, formatted: format.integer(count) })
            : link(
                t('billing.review.answer.doubtful', {
                  count: drafts.doubtful,
                  formatted: format.integer(drafts.doubtful),
                  drafts: format.integer(count),
                }),
                { states: ['draft'], doubts: 'doubtful' },
              )}
        {drafts.doubtful > 0 && drafts.clean > 0 ? (
          <>
            {', '}
            {link(
              t('billing.review.answer.clean', {
                count: drafts.clean,
                formatted: format.integer(drafts.clean),
              }),
              { states: ['draft'], doubts: 'clean' },
            )}
          </>
        ) : null}
      </p>
      <p className={classes.together}>
        {t('billing.review.answer.invoices', { count: number, formatted: format.integer(number) })}:{' '}
        {states.map(({ state, count: some }, i) => (
          <span key={state}>
            {i === 0 ? '' : ', '}
            {link(t(`billing.review.answer.${state}`, { count: some, formatted: format.integer(some) }), {
              states: [state],
              doubts: null,
            })}
          </span>
        ))}
        {'. '}
        {t('billing.review.answer.together')}{' '}
        {all.totals.map(({ currency, count: some, total }, i) => (
          <Fragment key={currency}>
            {i === 0 ? '' : ', '}
            <span className={classes.amount}>
              {format.money(total, currency).figure} {currency}
              {all.totals.length > 1
                ? ` (${t('billing.review.answer.invoices', { count: some, formatted: format.integer(some) })})`
                : ''}
            </span>
          </Fragment>
        ))}
      </p>
      <InAll amounts={all.totals.map(({ currency, total }) => ({ currency, amount: total }))} />
    </>
  )
}
