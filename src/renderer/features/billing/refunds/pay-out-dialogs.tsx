import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Temporal } from 'temporal-polyfill'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import type { Refund } from '#shared/contract/billing/refunds.ts'
import { contract } from '#shared/contract/index.ts'
import { type WayDraft, WayFields, wayOf } from './way-fields.tsx'

const { refund: leaf } = contract.billing

interface DialogProps {
  readonly shown: Refund
  readonly onClose: () => void
}

/** Says that the money went out, on which day, and what the bank calls it. */
export function PaidOutDialog({ shown, onClose }: DialogProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const toasts = useToasts()
  const paidOut = useCommand(leaf.paidOut)
  const today = Temporal.Now.plainDateISO(format.zone).toString()
  const [paidOn, setPaidOn] = useState(today)
  const [reference, setReference] = useState(shown.reference ?? '')
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.refunds.paidOutTitle', { name: shown.customer })}
      submit={t('billing.refunds.paidOut')}
      ready={paidOn !== '' && paidOn <= today}
      onSubmit={async () => {
        await paidOut.run({ refundId: shown.id, paidOn, reference: reference.trim() })
        toasts.show({ text: t('billing.refunds.paidOutSaid', { name: shown.customer }), tone: 'ok' })
      }}
    >
      <TextInput
        data-autofocus
        type="date"
        label={t('billing.refunds.paidOn')}
        max={today}
        value={paidOn}
        error={paidOn > today ? t('errors.BILLING_REFUND_IN_FUTURE') : undefined}
        onChange={event => setPaidOn(event.currentTarget.value)}
      />
      <TextInput
        label={t('billing.refunds.reference')}
        description={t('billing.refunds.referenceHint')}
        maxLength={200}
        value={reference}
        onChange={event => setReference(event.currentTarget.value)}
      />
    </FormDialog>
  )
}

const CODES = ['AC01', 'AC04', 'AC06', 'unknown'] as const

/** Says that it did not arrive, or came back: the money is on the balance then. */
export function FailRefundDialog({ shown, onClose }: DialogProps) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const fail = useCommand(leaf.fail)
  const [code, setCode] = useState<(typeof CODES)[number]>('AC01')
  const [text, setText] = useState('')
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.refunds.failTitle', { name: shown.customer })}
      submit={t(shown.state === 'done' ? 'billing.refunds.cameBack' : 'billing.refunds.fail')}
      onSubmit={async () => {
        await fail.run({ refundId: shown.id, code, text: text.trim() })
        toasts.show({ text: t('billing.refunds.failed', { name: shown.customer }), tone: 'info' })
      }}
    >
      <p>{t('billing.refunds.failText')}</p>
      <Select
        data-autofocus
        label={t('billing.refunds.failCode')}
        allowDeselect={false}
        data={CODES.map(value => ({ value, label: t(`billing.refunds.codes.${value}`) }))}
        value={code}
        onChange={value => setCode(CODES.find(one => one === value) ?? 'unknown')}
      />
      <TextInput
        label={t('billing.refunds.failText2')}
        maxLength={500}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
      />
    </FormDialog>
  )
}

/** Says where a refund goes, while it waits. */
export function WayDialog({ shown, onClose }: DialogProps) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const setWay = useCommand(leaf.setWay)
  const { way: kind, iban, bic } = shown
  const [draft, setDraft] = useState<WayDraft>({ kind, holder: shown.holder || shown.customer, iban, bic })
  const way = wayOf(draft)
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.refunds.setWayTitle', { name: shown.customer })}
      submit={t('billing.refunds.save')}
      ready={way !== null}
      onSubmit={async () => {
        if (way === null) return
        const commandId = newCommandId()
        await setWay.run({ refundId: shown.id, way }, commandId)
        said(t('billing.refunds.wayIsSet', { name: shown.customer }), commandId)
      }}
    >
      <WayFields draft={draft} onChange={setDraft} original={shown.source !== 'balance'} />
    </FormDialog>
  )
}

/** Asks before a refund is called off. */
export function CancelDialog({ shown, onClose }: DialogProps) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const cancel = useCommand(leaf.cancel)
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.refunds.cancelTitle', { name: shown.customer })}
      submit={t('billing.refunds.cancel')}
      onSubmit={async () => {
        await cancel.run({ refundId: shown.id })
        toasts.show({ text: t('billing.refunds.cancelled', { name: shown.customer }), tone: 'ok' })
      }}
    >
      <p>{t(`billing.refunds.cancelText.${shown.source}`)}</p>
    </FormDialog>
  )
}
