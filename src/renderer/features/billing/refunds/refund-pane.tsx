import { IconArrowsExchange, IconCheck, IconTrash, IconX } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { Comments } from '#renderer/features/workspace/comments/comments.tsx'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Fields } from '#renderer/ui/page/page.tsx'
import type { Refund } from '#shared/contract/billing/refunds.ts'
import { contract } from '#shared/contract/index.ts'
import { CUSTOMERS_PATH } from '../paths.ts'
import { LoadedPane } from '../payments/loaded-pane.tsx'
import classes from '../payments/payments.module.css'
import { CancelDialog, FailRefundDialog, PaidOutDialog, WayDialog } from './pay-out-dialogs.tsx'
import { useRefundStates } from './states.ts'

const { refund: leaf } = contract.billing
type Deed = 'paidOut' | 'fail' | 'setWay' | 'cancel'

/** One refund: of what, where it goes, and how its pay-out ended. */
export function RefundPane({ refundId }: { readonly refundId: string }) {
  const { t } = useTranslation()
  const query = useCoreQuery(leaf.get, { refundId })
  return (
    <LoadedPane
      name="refund"
      part="refunds"
      query={query}
      title={shown => shown?.customer ?? t('billing.refunds.refund')}
      width={440}
    >
      {shown => <RefundBody shown={shown} />}
    </LoadedPane>
  )
}

function RefundBody({ shown }: { readonly shown: Refund }) {
  const { t } = useTranslation()
  const may = useMay()
  const [deed, setDeed] = useState<Deed | null>(null)
  const { state } = shown
  const actions = useMemo(
    () => [
      defineAction(leaf.paidOut, {
        label: () => t('billing.refunds.paidOut'),
        key: 'o',
        icon: IconCheck,
        when: () => may(leaf.paidOut) && (state === 'waiting' || state === 'sent'),
        run: () => setDeed('paidOut'),
      }),
      defineAction(leaf.setWay, {
        label: () => t('billing.refunds.setWay'),
        key: 'w',
        icon: IconArrowsExchange,
        when: () => may(leaf.setWay) && state === 'waiting',
        run: () => setDeed('setWay'),
      }),
      defineAction(leaf.fail, {
        label: () => t(state === 'done' ? 'billing.refunds.cameBack' : 'billing.refunds.fail'),
        key: 'x',
        icon: IconX,
        when: () => may(leaf.fail) && (state === 'waiting' || state === 'sent' || state === 'done'),
        run: () => setDeed('fail'),
      }),
      defineAction(leaf.cancel, {
        label: () => t('billing.refunds.cancel'),
        key: 'v',
        icon: IconTrash,
        danger: true,
        when: () => may(leaf.cancel) && state === 'waiting',
        run: () => setDeed('cancel'),
      }),
    ],
    [t, may, state],
  )
  useActions(actions.map(action => bindAction(action, undefined)))
  const close = () => setDeed(null)
  return (
    <>
      <Facts shown={shown} />
      <div className={classes.buttons}>
        {actions.map(action => (
          <OfferedButton key={action.id} action={action} context={undefined} />
        ))}
      </div>
      <Comments about={{ entity: 'refund', id: shown.id }} />
      {deed === 'paidOut' ? <PaidOutDialog shown={shown} onClose={close} /> : null}
      {deed === 'setWay' ? <WayDialog shown={shown} onClose={close} /> : null}
      {deed === 'fail' ? <FailRefundDialog shown={shown} onClose={close} /> : null}
      {deed === 'cancel' ? <CancelDialog shown={shown} onClose={close} /> : null}
    </>
  )
}

function Facts({ shown }: { readonly shown: Refund }) {
  const { t } = useTranslation()
  const format = useFormat()
  const states = useRefundStates()
  const customer = useHref(`${CUSTOMERS_PATH}?customer=${shown.customerId}`)
  const payment = useHref(`/billing/payments?payment=${shown.paymentId ?? ''}`)
  const note = useHref(`/billing/invoices?invoice=${shown.creditNoteId ?? ''}`)
  const request = useHref(`/workspace/approvals?approval=${shown.approvalId ?? ''}`)
  const { state, source, failure } = shown
  const fields: (readonly [string, ReactNode])[] = [
    [t('billing.refunds.amount'), <Money key="a" minor={shown.amount} currency={shown.currency} />],
    [
      t('billing.refunds.stateName'),
      <StatusBadge key="s" tone={states[state].tone} label={states[state].label} />,
    ],
    [
      t('billing.refunds.customer'),
      <a key="c" href={customer}>
        {shown.customer}
      </a>,
    ],
    [
      t('billing.refunds.from'),
      shown.paymentId === null ? (
        t(`billing.refunds.source.${source}`)
      ) : (
        <a key="f" href={source === 'credit-note' && shown.creditNoteId !== null ? note : payment}>
          {t(`billing.refunds.source.${source}`)}
        </a>
      ),
    ],
    [t('billing.refunds.reason'), shown.reason],
    [t('billing.refunds.way'), t(`billing.refunds.ways.${shown.way}`)],
  ]
  if (shown.way === 'bank-transfer') {
    fields.push(
      [t('billing.refunds.holder'), shown.holder],
      [t('billing.refunds.iban'), <code key="i">{shown.iban}</code>],
    )
    if (shown.bic !== '') fields.push([t('billing.refunds.bic'), <code key="b">{shown.bic}</code>])
  }
  fields.push([t('billing.refunds.createdAt'), <When key="w" at={shown.createdAt} detail="day" />])
  if (shown.approvalId !== null)
    fields.push([
      t('billing.refunds.allowed'),
      <a key="r" href={request}>
        {t('billing.refunds.showRequest')}
      </a>,
    ])
  if (shown.paidOn !== null) fields.push([t('billing.refunds.paidOn'), format.day(shown.paidOn)])
  if (shown.reference !== null) fields.push([t('billing.refunds.reference'), shown.reference])
  if (failure !== null)
    fields.push([
      t('billing.refunds.why'),
      `${t(`billing.payments.failure.${failure.code as 'unknown'}`)} (${failure.text})`,
    ])
  return <Fields fields={fields} />
}
