import { SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Temporal } from 'temporal-polyfill'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { contract } from '#shared/contract/index.ts'

const leaf = contract.billing.dunning.pause

/** Nothing is done for an invoice, or for its customer, until a day or until somebody resumes. */
export function PauseDialog({
  customerId,
  invoice,
  onClose,
}: {
  readonly customerId: string
  readonly invoice: { readonly invoiceId: string; readonly number: string; readonly customer: string }
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const said = useSaidWithUndo()
  const pause = useCommand(leaf)
  const [scope, setScope] = useState<'invoice' | 'customer'>('invoice')
  const [day, setDay] = useState('')
  const [reason, setReason] = useState('')
  const until = untilOf(day, format.zone)
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.dunning.pauseTitle', { customer: invoice.customer })}
      submit={t('billing.dunning.pause')}
      ready={reason.trim() !== '' && until !== undefined}
      onSubmit={async () => {
        const commandId = newCommandId()
        await pause.run(
          {
            ...{ customerId, reason: reason.trim(), until: until ?? null },
            invoiceId: scope === 'invoice' ? invoice.invoiceId : null,
          },
          commandId,
        )
        said(t('billing.dunning.paused', { customer: invoice.customer }), commandId)
      }}
    >
      <SegmentedControl
        aria-label={t('billing.dunning.pauseWhat')}
        value={scope}
        onChange={value => setScope(value as typeof scope)}
        data={[
          { value: 'invoice', label: t('billing.dunning.pauseInvoice', { number: invoice.number }) },
          { value: 'customer', label: t('billing.dunning.pauseCustomer') },
        ]}
      />
      <TextInput
        type="date"
        label={t('billing.dunning.pauseUntil')}
        description={t('billing.dunning.pauseUntilHint')}
        value={day}
        error={until === undefined ? t('errors.BILLING_DUNNING_PAUSE_PAST') : undefined}
        onChange={event => setDay(event.currentTarget.value)}
      />
      <Textarea
        data-autofocus
        required
        label={t('billing.dunning.reason')}
        autosize
        maxLength={500}
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  )
}

/** When a day begins in a zone; null where nothing is said; undefined where it is no day to come. */
export function untilOf(day: string, zone: string): bigint | null | undefined {
  if (day === '') return null
  try {
    const at = BigInt(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds)
    return at > BigInt(Date.now()) ? at : undefined
  } catch {
    return undefined
  }
}
