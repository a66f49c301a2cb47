import { NumberInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import type { Contract } from '#shared/contract/billing/contracts.ts'
import { contract as leaves } from '#shared/contract/index.ts'
import { startOfDay } from '../subscriptions/at-choice.tsx'
import { shortInstant } from '../subscriptions/timeline.tsx'
import { ContractDialog } from './contract-dialog.tsx'
import type { Deed } from './use-deeds.ts'

const { contract: leaf } = leaves.billing
const YEAR = 12

/** The dialog of what shall be done with a contract. */
export function DeedDialog({
  deed,
  contract,
  onClose,
}: {
  readonly deed: Deed
  readonly contract: Contract
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { dateStyle } = useFormat()
  const now = useNow()
  const said = useSaidWithUndo()
  const toasts = useToasts()
  const activate = useCommand(leaf.activate)
  const setRenewal = useCommand(leaf.setRenewal)
  const terminate = useCommand(leaf.terminate)
  const remove = useCommand(leaf.remove)
  const [months, setMonths] = useState(YEAR)
  const [day, setDay] = useState(() => dayOf(now, contract.zone))
  const [reason, setReason] = useState('')
  if (deed === 'change') return <ContractDialog contract={contract} onClose={onClose} />
  const { id: contractId, number, zone } = contract
  const at = startOfDay(day, zone)
  const when = (instant: bigint | null) => (instant === null ? '' : shortInstant(instant, zone, dateStyle))
  const does = {
    activate: async (commandId: string) => {
      const { approvalId } = await activate.run({ contractId }, commandId)
      if (approvalId !== null) return void toasts.show({ text: t('billing.contracts.asked') })
      said(t('billing.contracts.activated', { number }), commandId)
    },
    end: async (commandId: string) => {
      await setRenewal.run({ contractId, renewMonths: null }, commandId)
      said(t('billing.contracts.ended', { number }), commandId)
    },
    goOn: async (commandId: string) => {
      await setRenewal.run({ contractId, renewMonths: months }, commandId)
      said(t('billing.contracts.renewing', { number }), commandId)
    },
    terminate: async (commandId: string) => {
      if (at === null) return
      await terminate.run({ contractId, at, reason: reason.trim() }, commandId)
      said(t('billing.contracts.terminated', { number }), commandId)
    },
    remove: async (commandId: string) => {
      await remove.run({ contractId }, commandId)
      said(t('billing.contracts.removed', { number }), commandId)
    },
  }
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t(`billing.contracts.${deed}Title`, { number })}
      submit={t(`billing.contracts.${deed}`)}
      ready={deed !== 'terminate' || (at !== null && reason.trim() !== '')}
      onSubmit={() => does[deed](newCommandId())}
    >
      {deed === 'goOn' ? (
        <NumberInput
          data-autofocus
          label={t('billing.contracts.renewMonths')}
          min={1}
          max={120}
          allowDecimal={false}
          value={months}
          onChange={value => setMonths(Number(value) || YEAR)}
        />
      ) : (
        <p>
          {t(`billing.contracts.${deed}Text`, {
            ...{ number, from: when(contract.from), until: when(contract.termEnds) },
          })}
        </p>
      )}
      {deed === 'terminate' ? (
        <>
          <TextInput
            data-autofocus
            type="date"
            label={t('billing.contracts.day')}
            value={day}
            onChange={event => setDay(event.currentTarget.value)}
          />
          <TextInput
            label={t('billing.contracts.reason')}
            maxLength={500}
            value={reason}
            onChange={event => setReason(event.currentTarget.value)}
          />
        </>
      ) : null}
    </FormDialog>
  )
}
