import { SegmentedControl } from '@mantine/core'
import { IconCashBanknote, IconFileImport } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import { RefundPane } from '../refunds/refund-pane.tsx'
import { RefundsList } from '../refunds/refunds-list.tsx'
import { DebitsPart } from '../sepa/debits-part.tsx'
import { AgingAnswer } from './aging.tsx'
import { BankAccounts } from './bank-accounts.tsx'
import { BankImport } from './bank-import.tsx'
import { BankLines } from './bank-lines.tsx'
import { OpenInvoices } from './open-invoices.tsx'
import { PARTS, partOf } from './part-of.ts'
import { PaymentPane } from './payment-pane.tsx'
import { PaymentsList } from './payments-list.tsx'
import { RecordDialog } from './record-dialog.tsx'

export const PAYMENTS_PATH = '/billing/payments'

/** Money that customers owe, money that came, and what the bank says. Which of them stands in the address. */
export function PaymentsPage() {
  const { t } = useTranslation()
  const may = useMay()
  const go = useGo()
  const { params, setParams } = useAddress()
  const [recording, setRecording] = useState<{ customerId: string | null } | null>(null)
  const payment = params.get('payment')
  const refund = params.get('refund')
  const debit = params.get('debit')
  const part = partOf(params)
  const actions = useMemo(
    () => ({
      record: defineAction(contract.billing.payment.record, {
        label: () => t('billing.payments.record'),
        key: 'n',
        icon: IconCashBanknote,
        when: () => may(contract.billing.payment.record),
        run: () => setRecording({ customerId: null }),
      }),
      bring: defineAction(contract.billing.bank.import, {
        label: () => t('billing.bank.import'),
        key: 'i',
        icon: IconFileImport,
        when: () => may(contract.billing.bank.import),
        run: () => go(`${PAYMENTS_PATH}?import=1`),
      }),
    }),
    [t, may, go],
  )
  const importing = params.has('import')
  useActions(importing ? [] : [bindAction(actions.record, undefined), bindAction(actions.bring, undefined)])
  if (importing) return <BankImport />
  return (
    <Page
      title={t('billing.payments.title')}
      actions={
        <>
          <ActionButton action={actions.bring} context={undefined} />
          <ActionButton action={actions.record} context={undefined} primary />
        </>
      }
      answer={
        <>
          <AgingAnswer />
          <SegmentedControl
            aria-label={t('billing.payments.parts')}
            mt="xs"
            value={part}
            onChange={next => setParams(new URLSearchParams({ view: next }))}
            data={PARTS.map(one => ({ value: one, label: t(`billing.payments.part.${one}`) }))}
          />
        </>
      }
      fill
    >
      {part === 'open' ? (
        <OpenInvoices onRecord={customerId => setRecording({ customerId })} />
      ) : part === 'payments' ? (
        <PaymentsList
          pane={payment ? <PaymentPane key={payment} paymentId={payment} /> : null}
          shown={payment}
        />
      ) : part === 'refunds' ? (
        <RefundsList pane={refund ? <RefundPane key={refund} refundId={refund} /> : null} shown={refund} />
      ) : part === 'debits' ? (
        <DebitsPart shown={debit} />
      ) : part === 'bank' ? (
        <BankLines />
      ) : (
        <BankAccounts />
      )}
      {recording ? (
        <RecordDialog
          customerId={recording.customerId}
          onClose={() => setRecording(null)}
          onRecorded={id => go(`${PAYMENTS_PATH}?payment=${id}`)}
        />
      ) : null}
    </Page>
  )
}
