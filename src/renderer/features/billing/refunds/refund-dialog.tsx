import { Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import type { RefundFrom } from '#shared/contract/billing/refunds.ts'
import { contract } from '#shared/contract/index.ts'
import { minorFromText, textFromMinor } from '../payments/amount.ts'
import { type WayDraft, WayFields, wayOf } from './way-fields.tsx'

const leaf = contract.billing.refund

/** Sends back what is left of a payment, or what a customer has on their balance. */
export function RefundDialog(props: {
  readonly from: RefundFrom
  readonly customer: string
  readonly currency: string
  /** The most that can be sent back, in minor units. */
  readonly left: bigint
  readonly onClose: () => void
}) {
  const { from, customer: name, currency, left, onClose } = props
  const { t } = useTranslation()
  const go = useGo()
  const format = useFormat()
  const toasts = useToasts()
  const said = useSaidWithUndo()
  const request = useCommand(leaf.request)
  const limit = useCoreQuery(leaf.limit, { currency, from }).data?.limit
  const [amount, setAmount] = useState(textFromMinor(left, currency))
  const [reason, setReason] = useState('')
  const original = from.kind === 'payment'
  const [draft, setDraft] = useState<WayDraft>({
    ...{ kind: original ? 'original' : 'bank-transfer', holder: original ? '' : name, iban: '', bic: '' },
  })
  const inWords = (sum: bigint) => `${format.money(sum, currency).figure} ${currency}`
  const minor = minorFromText(amount, currency)
  const way = wayOf(draft)
  const tooMuch = minor !== undefined && minor > left
  const asks = minor !== undefined && limit !== undefined && minor > limit
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t(original ? 'billing.refunds.ofPaymentTitle' : 'billing.refunds.ofBalanceTitle', { name })}
      submit={t(asks ? 'billing.refunds.ask' : 'billing.refunds.request')}
      ready={minor !== undefined && minor > 0n && !tooMuch && reason.trim() !== '' && way !== null}
      onSubmit={async () => {
        if (minor === undefined || way === null) return
        const commandId = newCommandId()
        const { approvalId } = await request.run(
          { from, amount: minor, reason: reason.trim(), way },
          commandId,
        )
        if (approvalId === null) return said(t('billing.refunds.decided', { name }), commandId)
        toasts.show({
          text: t('billing.refunds.asked', { name }),
          tone: 'info',
          action: {
            label: t('billing.refunds.see'),
            run: () => go(`/workspace/approvals?approval=${approvalId}`),
          },
        })
      }}
    >
      <TextInput
        data-autofocus
        label={t('billing.payments.amountIn', { currency })}
        value={amount}
        inputMode="decimal"
        error={
          minor === undefined
            ? t('billing.payments.badAmount')
            : tooMuch
              ? t('billing.refunds.tooMuch', { left: inWords(left) })
              : undefined
        }
        onChange={event => setAmount(event.currentTarget.value)}
      />
      <WayFields draft={draft} onChange={setDraft} original={original} />
      <Textarea
        label={t('billing.refunds.reason')}
        autosize
        minRows={2}
        maxLength={500}
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
      {limit === undefined ? null : (
        <p>{asks ? t('billing.refunds.asks', { limit: inWords(limit) }) : t('billing.refunds.direct')}</p>
      )}
    </FormDialog>
  )
}
