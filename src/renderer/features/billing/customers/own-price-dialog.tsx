import { Checkbox, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useNow } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Charge } from '#shared/contract/billing/prices.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import {
  type ChargeDraft,
  chargeDraftOf,
  chargeOf,
  isBad,
  MODELS,
  type Model,
} from '../plans/charge-draft.ts'
import { ChargeFields } from '../plans/charge-fields.tsx'
import { startOfDay } from '../subscriptions/at-choice.tsx'
import type { CustomerShown } from '../words.ts'

/** Gives a customer a price of its own: a discount, or another charge in the place of the plan's. */
export function OwnPriceDialog({
  customer,
  onClose,
}: {
  readonly customer: CustomerShown
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const set = useCommand(contract.billing.override.set)
  const said = useSaidWithUndo()
  const toasts = useToasts()
  const today = dayOf(useNow(), customer.zone)
  const plans = useCoreQuery(contract.billing.plan.list, {})
  const own = new Set(customer.subscriptions.map(one => one.planId))
  const choices = (plans.data?.plans ?? []).flatMap(plan =>
    own.has(plan.id)
      ? (plan.latest?.prices ?? [])
          .filter(price => price.currency === customer.currency)
          .map(price => ({ plan, price, value: `${plan.id}/${price.key}` }))
      : [],
  )
  const [picked, setPicked] = useState<string | null>(null)
  const [from, setFrom] = useState(today)
  const [to, setTo] = useState('')
  const [discount, setDiscount] = useState('')
  const [charge, setCharge] = useState<ChargeDraft | null>(null)
  const [reason, setReason] = useState('')
  const choice = choices.find(one => one.value === picked) ?? null
  const starts = startOfDay(from, customer.zone)
  const ends = to === '' ? null : startOfDay(to, customer.zone)
  const parsed = charge ? Charge.safeParse(chargeOf(charge)) : null
  const fee = choice?.price.charge.model === 'flat'
  const ready =
    choice !== null &&
    starts !== null &&
    (to === '' || (ends !== null && ends > starts)) &&
    (parsed ? parsed.success : discount.trim() !== '') &&
    !isBad(discount) &&
    reason.trim() !== ''
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.pricing.own.addTitle', { name: customer.name })}
      submit={t('billing.pricing.own.add')}
      ready={ready}
      size="md"
      onSubmit={async () => {
        if (!choice || starts === null) return
        const commandId = newCommandId()
        const { plan, price } = choice
        const { approvalId } = await set.run(
          {
            ...{ customerId: customer.id, planId: plan.id, priceKey: price.key, currency: price.currency },
            ...{ from: starts, to: ends, reason: reason.trim() },
            terms: {
              ...(parsed?.success ? { charge: parsed.data } : {}),
              ...(discount.trim() === '' ? {} : { discountPercent: discount.trim() }),
            },
          },
          commandId,
        )
        if (approvalId === null)
          said(t('billing.pricing.own.said', { price: price.name, name: customer.name }), commandId)
        else toasts.show({ text: t('billing.pricing.own.asked') })
      }}
    >
      <Select
        data-autofocus
        label={t('billing.pricing.own.price')}
        data={choices.map(({ value, plan, price }) => ({ value, label: `${plan.name}: ${price.name}` }))}
        value={picked}
        onChange={value => {
          setPicked(value)
          const next = choices.find(one => one.value === value)
          if (charge && next) setCharge(chargeDraftOf(next.price.charge))
        }}
      />
      <div className={classes.fieldsRow}>
        <TextInput
          type="date"
          label={t('billing.pricing.own.from')}
          value={from}
          onChange={event => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('billing.pricing.own.to')}
          title={t('billing.pricing.own.toHint')}
          value={to}
          onChange={event => setTo(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.pricing.own.discount')}
          inputMode="decimal"
          value={discount}
          error={isBad(discount)}
          onChange={event => setDiscount(event.currentTarget.value)}
        />
      </div>
      <Checkbox
        label={t('billing.pricing.own.instead')}
        disabled={choice === null}
        checked={charge !== null}
        onChange={event =>
          setCharge(event.currentTarget.checked && choice ? chargeDraftOf(choice.price.charge) : null)
        }
      />
      {charge ? (
        <>
          <Select
            label={t('billing.editor.model')}
            allowDeselect={false}
            data={MODELS.filter(model => (model === 'flat') === fee).map(value => ({
              value,
              label: t(`billing.plans.model.${value}`),
            }))}
            value={charge.model}
            onChange={value => setCharge({ ...charge, model: value as Model })}
          />
          <ChargeFields draft={charge} onChange={part => setCharge({ ...charge, ...part })} />
        </>
      ) : null}
      <Textarea
        label={t('billing.pricing.own.reason')}
        description={t('billing.pricing.own.reasonHint')}
        autosize
        maxLength={500}
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
