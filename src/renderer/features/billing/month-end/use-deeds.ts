import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { useCommand } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import type { MonthEnd, MonthEndStep } from '#shared/contract/billing/month-end.ts'
import { contract } from '#shared/contract/index.ts'
import { useStartClose } from '../close/close-action.tsx'

const { billing } = contract

/** What a step asks before it is done. */
export type Asked = 'close' | 'lock'

/** What Enter does on a step: the words for it, and the deed. */
export interface Deed {
  readonly word: string
  readonly run: () => void
}

/**
 * What brings a step on, right where it stands: a command where one does it and the person may give it, else the
 * page on which it is done. Null where there is nothing to do or to look at.
 */
export function useDeeds(props: {
  readonly data: MonthEnd | undefined
  readonly month: string
  readonly onAsk: (asked: Asked) => void
  readonly onCheck: (step: MonthEndStep) => void
}): (step: MonthEndStep) => Deed | null {
  const { data, month, onAsk, onCheck } = props
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const toasts = useToasts()
  const { begin } = useStartClose(month)
  const { run: sweep } = useCommand(billing.subscription.sweep)
  return useMemo(() => {
    type Word = 'usage' | 'analytics' | 'run' | 'review' | 'approvals' | 'mails' | 'bank' | 'payments'
    type Further = 'disputes' | 'log' | 'outbox' | 'lockShown' | 'subscriptions'
    const to = (word: Word | Further, path: string): Deed => ({
      ...{ word: t(`billing.monthEnd.deed.${word}`), run: () => go(path) },
    })
    const review = (filter: string) => to('review', `/billing/invoices?month=${month}&${filter}`)
    const run = data?.closeRunId ? to('run', `/billing/close?run=${data.closeRunId}`) : null
    const open = (step: MonthEndStep) => step.state === 'todo' || step.state === 'accepted'
    return (step: MonthEndStep): Deed | null => {
      switch (step.code) {
        case 'over':
          return null
        case 'imports':
          return to('usage', '/billing/usage')
        case 'metrics':
          return to('analytics', '/billing/usage-analytics')
        case 'daily':
          return open(step) && may(billing.subscription.sweep)
            ? {
                word: t('billing.monthEnd.deed.sweep'),
                run: () => {
                  sweep({}).then(
                    () => toasts.show({ text: t('billing.monthEnd.sweeping'), tone: 'info' }),
                    error => toasts.fail(error),
                  )
                },
              }
            : to('subscriptions', '/billing/subscriptions')
        case 'dry-run':
          return open(step) && may(billing.close.start)
            ? {
                word: t('billing.monthEnd.deed.dryRun'),
                run: () => {
                  begin(true).catch(error => toasts.fail(error))
                },
              }
            : run
        case 'close':
        case 'late':
          return open(step) && may(billing.close.start)
            ? { word: t('billing.monthEnd.deed.close'), run: () => onAsk('close') }
            : run
        case 'unbilled':
          return run
        case 'drafts':
          return review(
            step.parts.some(part => part.code === 'doubtful') ? 'state=draft&doubts=doubtful' : 'state=draft',
          )
        case 'held':
          return review('state=held')
        case 'issue':
          return review('state=approved')
        case 'credit-notes':
          return review('state=draft,held,approved')
        case 'documents':
          return review('state=issued,paid')
        case 'approvals':
          return to('approvals', '/workspace/approvals')
        case 'mails':
          return to('mails', '/workspace/notifications?tab=history')
        case 'bank-lines':
          return to('bank', '/billing/payments?view=bank')
        case 'refunds':
          return to('payments', '/billing/payments?view=refunds')
        case 'payments':
        case 'ledger':
          return to('payments', '/billing/payments?view=payments')
        case 'disputes':
          return step.row === null
            ? null
            : to('disputes', `/billing/invoices?month=${month}&invoice=${step.row}&tab=corrections`)
        case 'numbers':
          return to('log', '/workspace/log')
        case 'outbox':
          return to('outbox', '/workspace/outbox')
        case 'bank-balance':
        case 'own':
          return step.state === 'todo' && may(billing.monthEnd.check)
            ? { word: t('billing.monthEnd.deed.check'), run: () => onCheck(step) }
            : null
        case 'lock':
          return step.state === 'todo' && may(billing.period.lock)
            ? { word: t('billing.monthEnd.deed.lock'), run: () => onAsk('lock') }
            : to('lockShown', `/billing/close?month=${month}`)
      }
    }
  }, [data?.closeRunId, month, t, go, may, begin, sweep, toasts, onAsk, onCheck])
}
