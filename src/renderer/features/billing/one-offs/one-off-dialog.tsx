import { Autocomplete, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useNow } from '#renderer/ui/format/use-format.tsx'
import { oneOffs as leaf, type OneOff } from '#shared/contract/billing/one-offs.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { fractionOf, percentOf } from '../percent.ts'
import { startOfDay } from '../subscriptions/at-choice.tsx'
import { isCategory } from '../tax/typed.ts'

const DECIMAL = /^(0|[1-9]\d{0,11})(\.\d{1,6})?$/
const PRICE = /^(0|[1-9]\d{0,17})(\.\d{1,12})?$/
const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/

const positive = (text: string, form: RegExp) => form.test(text) && /[1-9]/.test(text)
const point = (text: string) => text.trim().replace(',', '.')

/** Charges a customer something once, or changes what is: on the invoice that is named, else with the next close. */
export function OneOffDialog(props: {
  readonly customer: { readonly id: string; readonly name: string; readonly zone: string }
  readonly currency: string
  /** The open invoice that it is added to; null for the next close. */
  readonly invoiceId: string | null
  /** The first month that bills it. */
  readonly month: string
  readonly before: OneOff | null
  readonly onClose: () => void
}) {
  const { customer, currency, invoiceId, before, onClose } = props
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const add = useCommand(leaf.add)
  const edit = useCommand(leaf.edit)
  const now = useNow()
  const dayIn = (at: bigint | undefined) => (at === undefined ? '' : dayOf(Number(at), customer.zone))
  const [name, setName] = useState(before?.name ?? '')
  const [quantity, setQuantity] = useState(before?.quantity ?? '1')
  const [unit, setUnit] = useState(before?.unit ?? '')
  const [unitPrice, setUnitPrice] = useState(before?.unitPrice ?? '')
  const [tax, setTax] = useState(before?.taxRate == null ? '' : percentOf(before.taxRate))
  const [category, setCategory] = useState(before?.category ?? 'standard')
  const rules = useCoreQuery(contract.billing.tax.rules, {})
  const [from, setFrom] = useState(dayIn(before?.service?.from))
  const [to, setTo] = useState(dayIn(before?.service?.to))
  const [month, setMonth] = useState(before?.firstPeriod ?? props.month)
  const [note, setNote] = useState(before?.note ?? '')
  const [subscriptionId, setSubscriptionId] = useState<string | null>(null)
  // On an invoice that is named it is where that is.
  const asked = invoiceId === null && before === null
  const arrangement = useCoreQuery(
    contract.billing.arrangement.get,
    { customerId: customer.id },
    { enabled: asked },
  )
  const apart = asked && arrangement.data?.invoices === 'by-subscription'
  const shown = useCoreQuery(contract.billing.customer.get, { customerId: customer.id }, { enabled: apart })
  const known = [...new Set((rules.data?.rules ?? []).map(rule => rule.category))].filter(
    one => one !== 'standard',
  )
  const begins = from === '' ? null : startOfDay(from, customer.zone)
  const ends = to === '' ? null : startOfDay(to, customer.zone)
  const taxRate = tax.trim() === '' ? null : fractionOf(tax)
  const ready =
    name.trim() !== '' &&
    positive(point(quantity), DECIMAL) &&
    positive(point(unitPrice), PRICE) &&
    taxRate !== undefined &&
    isCategory(category) &&
    (begins === null) === (ends === null) &&
    (begins === null || ends === null || begins < ends) &&
    (invoiceId !== null || before !== null || MONTH.test(month))
  const title = before
    ? t('billing.oneOffs.editTitle', { what: before.name })
    : t(invoiceId === null ? 'billing.oneOffs.addTitle' : 'billing.oneOffs.addLineTitle', {
        name: customer.name,
      })
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={title}
      submit={t(before ? 'billing.oneOffs.submitEdit' : 'billing.oneOffs.submitAdd')}
      ready={ready}
      onSubmit={async () => {
        const commandId = newCommandId()
        const terms = {
          ...{ name: name.trim(), unit: unit.trim(), quantity: point(quantity) },
          ...{ unitPrice: point(unitPrice), taxRate: taxRate ?? null, note: note.trim() },
          category,
          service: begins === null || ends === null ? null : { from: begins, to: ends },
        }
        if (before) await edit.run({ oneOffId: before.id, ...terms }, commandId)
        else {
          const of = { customerId: customer.id, currency, invoiceId }
          const firstPeriod = invoiceId === null ? month : null
          await add.run({ ...of, ...terms, firstPeriod, subscriptionId }, commandId)
        }
        said(t(before ? 'billing.oneOffs.edited' : 'billing.oneOffs.added', { what: terms.name }), commandId)
      }}
    >
      <TextInput
        data-autofocus
        label={t('billing.oneOffs.name')}
        maxLength={200}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      <div className={classes.two}>
        <TextInput
          label={t('billing.oneOffs.quantity')}
          inputMode="decimal"
          value={quantity}
          onChange={event => setQuantity(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.oneOffs.unit')}
          description={t('billing.oneOffs.unitHint')}
          maxLength={40}
          value={unit}
          onChange={event => setUnit(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.oneOffs.unitPrice', { currency })}
          inputMode="decimal"
          value={unitPrice}
          onChange={event => setUnitPrice(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.oneOffs.taxRate')}
          description={t('billing.oneOffs.taxHint')}
          inputMode="decimal"
          value={tax}
          onChange={event => setTax(event.currentTarget.value)}
        />
        <Autocomplete
          label={t('billing.tax.category')}
          description={t('billing.oneOffs.categoryHint')}
          maxLength={40}
          data={['standard', ...known]}
          filter={({ options }) => options}
          value={category}
          error={isCategory(category) ? undefined : t('billing.tax.badCategory')}
          onChange={setCategory}
        />
        <TextInput
          type="date"
          label={t('billing.oneOffs.from')}
          description={t('billing.oneOffs.spanHint')}
          max={dayOf(now + 5 * 366 * 86_400_000, customer.zone)}
          value={from}
          onChange={event => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('billing.oneOffs.to')}
          value={to}
          onChange={event => setTo(event.currentTarget.value)}
        />
      </div>
      {apart ? (
        <Select
          label={t('billing.oneOffs.subscription')}
          placeholder={t('billing.oneOffs.noSubscription')}
          clearable
          data={(shown.data?.subscriptions ?? []).map(one => ({ value: one.id, label: one.planName }))}
          value={subscriptionId}
          onChange={setSubscriptionId}
        />
      ) : null}
      {asked ? (
        <TextInput
          label={t('billing.oneOffs.firstPeriod')}
          placeholder="2026-10"
          value={month}
          onChange={event => setMonth(event.currentTarget.value)}
        />
      ) : null}
      <TextInput
        label={t('billing.oneOffs.note')}
        description={t('billing.oneOffs.noteHint')}
        maxLength={2000}
        value={note}
        onChange={event => setNote(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
