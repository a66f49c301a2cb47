import { useTranslation } from 'react-i18next'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { contract } from '#shared/contract/index.ts'
import { DocumentDialog } from './document-dialog.tsx'

const { payment } = contract.billing

interface Whose {
  readonly customerId: string
  readonly name: string
  readonly onClose: () => void
}

/** The receipt of a payment. */
export function ReceiptDialog({ paymentId, ...whose }: Whose & { readonly paymentId: string }) {
  const { t } = useTranslation()
  const query = useCoreQuery(payment.receipt, { paymentId })
  const send = useCommand(payment.sendReceipt)
  return (
    <DocumentDialog
      {...whose}
      title={t('billing.payments.document.receiptOf', { name: whose.name })}
      document={query.data}
      error={query.error}
      onRetry={() => void query.refetch()}
      onSend={async note => (await send.run({ paymentId, note })).to.map(one => one.email)}
    />
  )
}

/** The statement of a customer, for the span that is shown. */
export function StatementDialog({
  from,
  to,
  ...whose
}: Whose & { readonly from: bigint; readonly to: bigint }) {
  const { t } = useTranslation()
  const { customerId, name } = whose
  const query = useCoreQuery(payment.statementPdf, { customerId, from, to })
  const send = useCommand(payment.sendStatement)
  return (
    <DocumentDialog
      {...whose}
      title={t('billing.payments.document.statementOf', { name })}
      document={query.data}
      error={query.error}
      onRetry={() => void query.refetch()}
      onSend={async note => (await send.run({ customerId, from, to, note })).to.map(one => one.email)}
    />
  )
}
