import { NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { CURRENCY_OPTIONS } from '#renderer/features/workspace/choices.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import type { Contract } from '#shared/contract/billing/contracts.ts'
import { contract as leaves } from '#shared/contract/index.ts'
import { minorOf } from '../corrections/amount.ts'
import { CustomerSelect } from '../payments/customer-select.tsx'
import { CommitmentsEditor } from './commitments-editor.tsx'
import { type ContractDraft, draftOf, inputOf } from './contract-draft.ts'
import classes from './contracts.module.css'
import { PhasesEditor, type PriceChoice } from './phases-editor.tsx'
import { VolumeEditor } from './volume-editor.tsx'

const { contract: leaf } = leaves.billing
const ALL = 'all'
const ALIGNMENTS = ['calendar', 'contract'] as const

export interface ContractCustomer {
  readonly id: string
  readonly name: string
  readonly currency: string
}

/** Adds a contract, changes a draft, or amends one that is in force. */
export function ContractDialog({
  contract,
  customer: given = null,
  onClose,
}: {
  readonly contract: Contract | null
  /** Of a new contract, where it is known. */
  readonly customer?: ContractCustomer | null
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const create = useCommand(leaf.create)
  const change = useCommand(leaf.change)
  const said = useSaidWithUndo()
  const toasts = useToasts()
  const [customer, setCustomer] = useState<ContractCustomer | null>(
    contract ? { id: contract.customerId, name: contract.customer, currency: contract.currency } : given,
  )
  const known = useCoreQuery(
    leaves.billing.customer.get,
    { customerId: customer?.id ?? '' },
    { enabled: customer !== null },
  )
  const zone = contract?.zone ?? known.data?.zone ?? format.zone
  const [draft, setDraft] = useState<ContractDraft>(() => ({
    ...draftOf(contract, dayOf(now, zone)),
    ...(contract === null && given ? { currency: given.currency } : {}),
  }))
  const [reason, setReason] = useState('')
  const put = (part: Partial<ContractDraft>) => setDraft(before => ({ ...before, ...part }))
  const choices = usePrices(draft.currency)
  const prices = useMemo(() => new Map(choices.map(one => [one.value, one.price])), [choices])
  const input = inputOf(draft, zone, prices)
  const amending = contract?.state === 'active'
  const text = (member: 'number' | 'name' | 'from' | 'until', more: object = {}) => (
    <TextInput
      label={t(`billing.contracts.${member}`)}
      value={draft[member]}
      onChange={event => put({ [member]: event.currentTarget.value })}
      {...more}
    />
  )
  const count = (
    member: 'renewMonths' | 'noticeDays' | 'paymentDays' | 'cycle',
    hint: string,
    max: number,
  ) => (
    <NumberInput
      label={t(`billing.contracts.${member}`)}
      title={hint}
      min={0}
      max={max}
      allowDecimal={false}
      value={draft[member]}
      onChange={value => put({ [member]: value === '' ? '' : Number(value) })}
    />
  )
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="lg"
      title={
        contract
          ? t(`billing.contracts.${amending ? 'amendTitle' : 'editTitle'}`, { number: contract.number })
          : t('billing.contracts.addTitle')
      }
      submit={contract ? t('billing.contracts.save') : t('billing.contracts.add')}
      ready={input !== null && customer !== null}
      onSubmit={async () => {
        if (input === null || customer === null) return
        const commandId = newCommandId()
        const { number } = input
        if (contract) {
          const done = await change.run(
            { contractId: contract.id, ...input, reason: reason.trim() },
            commandId,
          )
          if (done.approvalId !== null) return void toasts.show({ text: t('billing.contracts.asked') })
          said(t(`billing.contracts.${amending ? 'amended' : 'saved'}`, { number }), commandId)
        } else {
          await create.run({ customerId: customer.id, ...input }, commandId)
          said(t('billing.contracts.added', { number }), commandId)
        }
      }}
    >
      {amending ? <p>{t('billing.contracts.amendText')}</p> : null}
      {contract || given ? null : (
        <CustomerSelect
          autoFocus
          label={t('billing.contracts.customer')}
          value={customer}
          onChange={one => {
            setCustomer(one)
            put({ currency: one.currency, subscriptionId: null })
          }}
        />
      )}
      <div className={classes.row}>
        {text('number', { maxLength: 60, ...(contract || given ? { 'data-autofocus': true } : {}) })}
        {text('name', { maxLength: 120 })}
        <Select
          label={t('billing.contracts.currency')}
          searchable
          limit={60}
          allowDeselect={false}
          data={CURRENCY_OPTIONS}
          value={draft.currency === '' ? null : draft.currency}
          onChange={value => value && put({ currency: value })}
        />
        <Select
          label={t('billing.contracts.subscription')}
          allowDeselect={false}
          data={[
            { value: ALL, label: t('billing.contracts.all') },
            ...(known.data?.subscriptions ?? []).map(one => ({ value: one.id, label: one.planName })),
          ]}
          value={draft.subscriptionId ?? ALL}
          onChange={value => put({ subscriptionId: value === ALL ? null : value })}
        />
      </div>
      <div className={classes.row}>
        {text('from', { type: 'date' })}
        {text('until', { type: 'date', title: t('billing.contracts.untilHint') })}
        {count('renewMonths', t('billing.contracts.renewHint'), 120)}
        {count('noticeDays', t('billing.contracts.noticeDays'), 730)}
      </div>
      <div className={classes.row}>
        {count('paymentDays', t('billing.contracts.paymentHint'), 365)}
        {count('cycle', t('billing.contracts.cycleHint'), 36)}
        <Select
          label={t('billing.contracts.cycleAlignment')}
          allowDeselect={false}
          disabled={draft.cycle === ''}
          data={ALIGNMENTS.map(value => ({
            value,
            label: t(`billing.contracts.commitment.alignments.${value}`),
          }))}
          value={draft.cycleAlignment}
          onChange={value => put({ cycleAlignment: value as ContractDraft['cycleAlignment'] })}
        />
        <TextInput
          label={`${t('billing.contracts.minimum')} ${draft.currency}`}
          title={t('billing.contracts.minimumHint')}
          inputMode="decimal"
          value={draft.minimum}
          error={
            draft.minimum !== '' && draft.currency !== '' && minorOf(draft.minimum, draft.currency) === null
          }
          onChange={event => put({ minimum: event.currentTarget.value })}
        />
      </div>
      <PhasesEditor
        phases={draft.phases}
        from={draft.from}
        choices={choices}
        onChange={phases => put({ phases })}
      />
      <CommitmentsEditor
        commitments={draft.commitments}
        currency={draft.currency}
        onChange={commitments => put({ commitments })}
      />
      <VolumeEditor volume={draft.volume} onChange={volume => put({ volume })} />
      <Textarea
        label={t('billing.contracts.notes')}
        autosize
        minRows={2}
        maxLength={4000}
        value={draft.notes}
        onChange={event => put({ notes: event.currentTarget.value })}
      />
      {amending ? (
        <TextInput
          label={t('billing.contracts.reason')}
          description={t('billing.contracts.reasonHint')}
          maxLength={500}
          value={reason}
          onChange={event => setReason(event.currentTarget.value)}
        />
      ) : null}
    </FormDialog>
  )
}

/** The prices of all plans in a currency. */
function usePrices(currency: string): readonly PriceChoice[] {
  const plans = useCoreQuery(leaves.billing.plan.list, {})
  return useMemo(
    () =>
      (plans.data?.plans ?? []).flatMap(plan =>
        (plan.latest?.prices ?? [])
          .filter(price => price.currency === currency)
          .map(price => ({
            value: `${plan.id}/${price.key}`,
            label: `${plan.name}: ${price.name}`,
            price,
          })),
      ),
    [plans.data, currency],
  )
}
