import { Button, Select, Textarea, TextInput } from '@mantine/core'
import {
  IconArrowBackUp,
  IconArrowsSplit2,
  IconCheck,
  IconReceipt,
  IconReceiptRefund,
  IconRefresh,
  IconX,
} from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { newCommandId, type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { Comments } from '#renderer/features/workspace/comments/comments.tsx'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'
import { RefundDialog } from '../refunds/refund-dialog.tsx'
import { refundRoute, useRefundStates } from '../refunds/states.ts'
import { AllocateDialog } from './allocate-dialog.tsx'
import { LoadedPane } from './loaded-pane.tsx'
import { ReceiptDialog } from './payment-documents.tsx'
import classes from './payments.module.css'
import { usePaymentStates } from './states.ts'

const { payment, refund } = contract.billing
type Detail = OutputOf<typeof payment.get>
type Deed = 'allocate' | 'refund' | 'reverse' | 'fail' | 'receipt'

/** One payment: what it settles, what is left, what went wrong, and what can be done. */
export function PaymentPane({ paymentId }: { readonly paymentId: string }) {
  const { t } = useTranslation()
  const query = useCoreQuery(payment.get, { paymentId })
  return (
    <LoadedPane
      name="payment"
      part="payments"
      query={query}
      title={shown => shown?.customer ?? t('billing.payments.payment')}
      width={440}
    >
      {shown => <PaymentBody shown={shown} />}
    </LoadedPane>
  )
}

function PaymentBody({ shown }: { readonly shown: Detail }) {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const states = usePaymentStates()
  const toasts = useToasts()
  const confirm = useCommand(payment.confirm)
  const provider = useCommand(payment.ask)
  const [deed, setDeed] = useState<Deed | null>(null)
  const { state, currency, left } = shown
  const customer = useHref(`/billing/customers?customer=${shown.customerId}`)
  const actions = useMemo(
    () => ({
      allocate: defineAction(payment.allocate, {
        label: () => t('billing.payments.allocate'),
        key: 'a',
        icon: IconArrowsSplit2,
        when: () => may(payment.allocate) && left > 0n,
        run: () => setDeed('allocate'),
      }),
      refund: defineAction(refund.request, {
        label: () => t('billing.refunds.ofPayment'),
        key: 'f',
        icon: IconReceiptRefund,
        when: () => may(refund.request) && left > 0n,
        run: () => setDeed('refund'),
      }),
      confirm: defineAction(payment.confirm, {
        label: () => t('billing.payments.confirm'),
        key: 'o',
        icon: IconCheck,
        when: () => may(payment.confirm) && (state === 'pending' || state === 'failed'),
        run: async () => {
          const commandId = newCommandId()
          await confirm.run({ paymentId: shown.id }, commandId)
          said(t('billing.payments.confirmed', { name: shown.customer }), commandId)
        },
      }),
      receipt: defineAction(payment.receipt, {
        label: () => t('billing.payments.document.receipt'),
        key: 'd',
        icon: IconReceipt,
        when: () => may(payment.receipt) && state === 'succeeded',
        run: () => setDeed('receipt'),
      }),
      ask: defineAction(payment.ask, {
        label: () => t('billing.payments.askProvider'),
        key: 'p',
        icon: IconRefresh,
        when: () => may(payment.ask) && state === 'pending' && shown.underWay !== null,
        run: async () => {
          await provider.run({ paymentId: shown.id })
          toasts.show({ text: t('billing.payments.askedProvider'), tone: 'ok' })
        },
      }),
      fail: defineAction(payment.fail, {
        label: () => t('billing.payments.fail'),
        key: 'x',
        icon: IconX,
        when: () => may(payment.fail) && state === 'pending',
        run: () => setDeed('fail'),
      }),
      reverse: defineAction(payment.reverse, {
        label: () => t('billing.payments.reverse'),
        key: 'v',
        icon: IconArrowBackUp,
        danger: true,
        when: () => may(payment.reverse) && state !== 'reversed' && shown.refunded === 0n,
        run: () => setDeed('reverse'),
      }),
    }),
    [t, may, left, state, shown, confirm, provider, said, toasts],
  )
  const all = Object.values(actions)
  useActions(all.map(action => bindAction(action, undefined)))
  return (
    <>
      <dl className={classes.facts}>
        <dt>{t('billing.payments.amount')}</dt>
        <dd>
          <Money minor={shown.amount} currency={currency} />
        </dd>
        <dt>{t('billing.payments.stateName')}</dt>
        <dd>
          <StatusBadge tone={states[state].tone} label={states[state].label} />
        </dd>
        <dt>{t('billing.payments.customer')}</dt>
        <dd>
          <a href={customer}>{shown.customer}</a>
        </dd>
        <dt>{t('billing.payments.method')}</dt>
        <dd>{t(`billing.payments.methods.${shown.method}`)}</dd>
        {shown.receivedAt === null ? null : (
          <>
            <dt>{t('billing.payments.receivedAt')}</dt>
            <dd>
              <When at={shown.receivedAt} detail="day" />
            </dd>
          </>
        )}
        {shown.reference === '' ? null : (
          <>
            <dt>{t('billing.payments.reference')}</dt>
            <dd>{shown.reference}</dd>
          </>
        )}
        {shown.failure === null ? null : (
          <>
            <dt>{t('billing.payments.why')}</dt>
            <dd>
              {t(`billing.payments.failure.${shown.failure.code as 'unknown'}`)} ({shown.failure.text}).{' '}
              {t(`billing.payments.remedy.${shown.failure.remedy}`)}
            </dd>
          </>
        )}
        {shown.note === null ? null : (
          <>
            <dt>{t('billing.payments.note')}</dt>
            <dd>{shown.note}</dd>
          </>
        )}
        <dt>{t('billing.payments.left')}</dt>
        <dd>
          <Money minor={left} currency={currency} />
        </dd>
      </dl>
      <div className={classes.buttons}>
        {all.map(action => (
          <OfferedButton key={action.id} action={action} context={undefined} />
        ))}
      </div>
      <UnderWay shown={shown} />
      <Settles shown={shown} />
      <Refunds shown={shown} />
      <Comments about={{ entity: 'payment', id: shown.id }} />
      {deed === 'allocate' ? <AllocateDialog payment={shown} onClose={() => setDeed(null)} /> : null}
      {deed === 'refund' ? (
        <RefundDialog
          from={{ kind: 'payment', paymentId: shown.id }}
          customer={shown.customer}
          currency={currency}
          left={left}
          onClose={() => setDeed(null)}
        />
      ) : null}
      {deed === 'reverse' ? <ReverseDialog shown={shown} onClose={() => setDeed(null)} /> : null}
      {deed === 'receipt' ? (
        <ReceiptDialog
          paymentId={shown.id}
          customerId={shown.customerId}
          name={shown.customer}
          onClose={() => setDeed(null)}
        />
      ) : null}
      {deed === 'fail' ? <FailDialog shown={shown} onClose={() => setDeed(null)} /> : null}
    </>
  )
}

/** Buttons within the rows of a table. */
const SMALL = { variant: 'subtle', size: 'compact-xs' } as const

function InvoiceLink({ invoiceId, number }: { readonly invoiceId: string; readonly number: string | null }) {
  const href = useHref(`/billing/invoices?invoice=${invoiceId}`)
  return <a href={href}>{number}</a>
}

function Settles({ shown }: { readonly shown: Detail }) {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const release = useCommand(payment.release)
  // What was released again takes away what was settled: a person sees what counts now.
  const sums = new Map<string, { number: string | null; amount: bigint }>()
  for (const { invoiceId, number, amount } of shown.settles)
    sums.set(invoiceId, { number, amount: (sums.get(invoiceId)?.amount ?? 0n) + amount })
  const rows = [...sums].filter(([, { amount }]) => amount !== 0n)
  return (
    <Section title={t('billing.payments.settles')}>
      {rows.length === 0 ? (
        <p>{t('billing.payments.settlesNothing')}</p>
      ) : (
        <table className={catalogue.table} aria-label={t('billing.payments.settles')}>
          <tbody>
            {rows.map(([invoiceId, { number, amount }]) => (
              <tr key={invoiceId}>
                <td>
                  <InvoiceLink invoiceId={invoiceId} number={number} />
                </td>
                <td data-align="end">
                  <Money minor={amount} currency={shown.currency} />
                </td>
                <td data-align="end">
                  {may(payment.release) && shown.state === 'succeeded' ? (
                    <Button
                      {...SMALL}
                      aria-label={t('billing.payments.releaseOf', { number: number ?? '' })}
                      onClick={async () => {
                        const commandId = newCommandId()
                        await release.run({ paymentId: shown.id, invoiceId }, commandId)
                        said(t('billing.payments.released', { number: number ?? '' }), commandId)
                      }}
                    >
                      {t('billing.payments.release')}
                    </Button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Section>
  )
}

function Refunds({ shown }: { readonly shown: Detail }) {
  const { t } = useTranslation()
  if (shown.refunds.length === 0) return null
  return (
    <Section title={t('billing.payments.refunds')}>
      <table className={catalogue.table} aria-label={t('billing.payments.refunds')}>
        <tbody>
          {shown.refunds.map(one => (
            <RefundLine key={one.id} one={one} />
          ))}
        </tbody>
      </table>
    </Section>
  )
}

function RefundLine({ one }: { readonly one: Detail['refunds'][number] }) {
  const states = useRefundStates()
  const href = useHref(refundRoute(one.id))
  return (
    <tr>
      <td>
        <a href={href}>{one.reason}</a>
      </td>
      <td>
        <StatusBadge tone={states[one.state].tone} label={states[one.state].label} />
      </td>
      <td data-align="end">
        <Money minor={one.amount} currency={one.currency} />
      </td>
    </tr>
  )
}

/** What only the payer can do, where the provider of a payment waits for it. */
function UnderWay({ shown }: { readonly shown: Detail }) {
  const { t } = useTranslation()
  const { action = null, actionUrl = null } = shown.underWay ?? {}
  if (action === null) return null
  return (
    <p>
      {t('billing.payments.action')}:{' '}
      {actionUrl === null ? (
        action
      ) : (
        <a href={actionUrl} target="_blank" rel="noreferrer">
          {action}
        </a>
      )}
    </p>
  )
}

interface DialogProps {
  readonly shown: Detail
  readonly onClose: () => void
}

function ReverseDialog({ shown, onClose }: DialogProps) {
  const { t } = useTranslation()
  const reverse = useCommand(payment.reverse)
  const [reason, setReason] = useState('')
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.payments.reverseTitle', { name: shown.customer })}
      submit={t('billing.payments.reverse')}
      ready={reason.trim() !== ''}
      onSubmit={async () => void (await reverse.run({ paymentId: shown.id, reason: reason.trim() }))}
    >
      <p>{t('billing.payments.reverseText')}</p>
      <Textarea
        data-autofocus
        label={t('billing.payments.reason')}
        autosize
        minRows={2}
        maxLength={500}
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  )
}

const FAILURES = [
  'AM04',
  'card_declined',
  'expired_card',
  'AC01',
  'AC04',
  'MD01',
  'MS02',
  'fraudulent',
] as const

function FailDialog({ shown, onClose }: DialogProps) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const fail = useCommand(payment.fail)
  const [code, setCode] = useState<string>('AM04')
  const [text, setText] = useState('')
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.payments.failTitle', { name: shown.customer })}
      submit={t('billing.payments.fail')}
      onSubmit={async () => {
        const commandId = newCommandId()
        await fail.run({ paymentId: shown.id, code, text: text.trim() }, commandId)
        said(t('billing.payments.failed', { name: shown.customer }), commandId)
      }}
    >
      <Select
        data-autofocus
        label={t('billing.payments.why')}
        allowDeselect={false}
        data={FAILURES.map(value => ({ value, label: t(`billing.payments.failureCode.${value}`) }))}
        value={code}
        onChange={value => value && setCode(value)}
      />
      <TextInput
        label={t('billing.payments.whatBankSays')}
        maxLength={500}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
