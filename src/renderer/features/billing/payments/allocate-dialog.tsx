import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, type OutputOf, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { contract } from '#shared/contract/index.ts'
import { type AllocationChoice, Allocations } from './allocations.tsx'

/** Uses what is left of a payment for invoices. */
export function AllocateDialog({
  payment,
  onClose,
}: {
  readonly payment: OutputOf<typeof contract.billing.payment.get>
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const allocate = useCommand(contract.billing.payment.allocate)
  const [choice, setChoice] = useState<AllocationChoice>({ allocations: [], ok: false })
  const change = useCallback((next: AllocationChoice) => setChoice(next), [])
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={t('billing.payments.allocateTitle', { name: payment.customer })}
      submit={t('billing.payments.allocate')}
      ready={choice.ok && choice.allocations.length > 0}
      onSubmit={async () => {
        const commandId = newCommandId()
        await allocate.run({ paymentId: payment.id, allocations: choice.allocations }, commandId)
        said(t('billing.payments.allocated', { name: payment.customer }), commandId)
      }}
    >
      <Allocations
        customerId={payment.customerId}
        currency={payment.currency}
        amount={payment.left}
        reference={payment.reference}
        onChange={change}
      />
    </FormDialog>
  )
}
