import { Select, TextInput } from '@mantine/core'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Temporal } from 'temporal-polyfill'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { CURRENCY_OPTIONS } from '#renderer/features/workspace/choices.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { PaymentMethod } from '#shared/contract/billing/payments.ts'
import { contract } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'
import { type AllocationChoice, Allocations } from './allocations.tsx'
import { minorFromText } from './amount.ts'
import { CustomerSelect } from './customer-select.tsx'

/** Records money that came, and says what it settles before it is stored. */
export function RecordDialog({
  customerId,
  onClose,
  onRecorded,
}: {
  readonly customerId: string | null
  readonly onClose: () => void
  readonly onRecorded: (paymentId: string) => void
}) {
  const known = useCoreQuery(
    contract.billing.customer.get,
    { customerId: customerId ?? '00000000-0000-7000-8000-000000000000' },
    { enabled: customerId !== null },
  )
  if (customerId !== null && !known.data) return null
  return <RecordForm before={known.data ?? null} onClose={onClose} onRecorded={onRecorded} />
}

interface Customer {
  readonly id: string
  readonly name: string
  readonly currency: string
}

function RecordForm({
  before,
  onClose,
  onRecorded,
}: {
  readonly before: Customer | null
  readonly onClose: () => void
  readonly onRecorded: (paymentId: string) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const said = useSaidWithUndo()
  const record = useCommand(contract.billing.payment.record)
  const today = Temporal.Now.plainDateISO(format.zone).toString()
  const [customer, setCustomer] = useState<Customer | null>(before)
  const [currency, setCurrency] = useState(before?.currency ?? 'USD')
  const [amount, setAmount] = useState('')
  const [method, setMethod] = useState<PaymentMethod>('bank-transfer')
  const [reference, setReference] = useState('')
  const [day, setDay] = useState(today)
  const [choice, setChoice] = useState<AllocationChoice>({ allocations: [], ok: true })
  const change = useCallback((next: AllocationChoice) => setChoice(next), [])
  const minor = minorFromText(amount, currency)
  const receivedAt = instantOf(day, format.zone, today)
  const ready =
    customer !== null && minor !== undefined && minor > 0n && receivedAt !== undefined && choice.ok
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={t('billing.payments.recordTitle')}
      submit={t('billing.payments.record')}
      ready={ready}
      onSubmit={async () => {
        if (!customer || minor === undefined) return
        const commandId = newCommandId()
        const made = await record.run(
          {
            ...{ customerId: customer.id, currency, amount: minor, method, reference: reference.trim() },
            ...{ allocations: choice.allocations, ...(receivedAt === null ? {} : { receivedAt }) },
          },
          commandId,
        )
        said(t('billing.payments.recorded', { name: customer.name }), commandId)
        onRecorded(made.id)
      }}
    >
      <CustomerSelect
        autoFocus={before === null}
        label={t('billing.payments.customer')}
        value={customer}
        onChange={next => {
          setCustomer(next)
          setCurrency(next.currency)
        }}
      />
      <div className={catalogue.two}>
        <TextInput
          {...(before === null ? {} : { 'data-autofocus': true })}
          label={t('billing.payments.amount')}
          value={amount}
          inputMode="decimal"
          error={amount !== '' && minor === undefined ? t('billing.payments.badAmount') : undefined}
          onChange={event => setAmount(event.currentTarget.value)}
        />
        <Select
          label={t('billing.payments.currency')}
          searchable
          limit={60}
          allowDeselect={false}
          data={CURRENCY_OPTIONS}
          value={currency}
          onChange={value => value && setCurrency(value)}
        />
        <TextInput
          type="date"
          label={t('billing.payments.receivedAt')}
          value={day}
          max={today}
          error={receivedAt === undefined ? t('errors.BILLING_PAYMENT_IN_FUTURE') : undefined}
          onChange={event => setDay(event.currentTarget.value)}
        />
        <Select
          label={t('billing.payments.method')}
          allowDeselect={false}
          data={PaymentMethod.options.map(value => ({
            value,
            label: t(`billing.payments.methods.${value}`),
          }))}
          value={method}
          onChange={value => value && setMethod(value)}
        />
      </div>
      <TextInput
        label={t('billing.payments.reference')}
        description={t('billing.payments.referenceHint')}
        maxLength={500}
        value={reference}
        onChange={event => setReference(event.currentTarget.value)}
      />
      {customer && minor !== undefined && minor > 0n ? (
        <Allocations
          key={`${customer.id} ${currency} ${minor} ${reference}`}
          customerId={customer.id}
          currency={currency}
          amount={minor}
          reference={reference}
          onChange={change}
        />
      ) : null}
    </FormDialog>
  )
}

/** Noon of a day in the person's zone; null for today, which is now; undefined where it is none, or is to come. */
function instantOf(day: string, zone: string, today: string): bigint | null | undefined {
  if (day === today) return null
  try {
    const date = Temporal.PlainDate.from(day)
    if (Temporal.PlainDate.compare(date, today) > 0) return undefined
    return BigInt(date.toZonedDateTime({ timeZone: zone, plainTime: '12:00' }).epochMilliseconds)
  } catch {
    return undefined
  }
}
