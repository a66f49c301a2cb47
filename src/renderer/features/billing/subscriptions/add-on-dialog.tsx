import { NumberInput, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import type { CustomerShown, SubscriptionShown } from '../words.ts'
import { AtInput, startOfDay, useAt } from './at-choice.tsx'
import { MoneyPreview } from './money-preview.tsx'
import { usePlanOptions } from './plan-options.ts'

const WHOLE = 'whole'
const { subscription: leaves } = contract.billing
type AddOnShown = SubscriptionShown['addOns'][number]

interface Props {
  readonly customer: CustomerShown
  readonly subscription: SubscriptionShown
  readonly onClose: () => void
}

/** Adds a further plan, or one price of it, to a subscription. */
export function AddOnDialog({ customer, subscription, onClose }: Props) {
  const { t } = useTranslation()
  const { options, ready } = usePlanOptions(subscription.currency)
  const command = useCommand(leaves.addAddOn)
  const said = useSaidWithUndo()
  const at = useAt('now', customer.zone, subscription)
  const own = new Set(subscription.phases.map(phase => phase.planVersionId))
  const fitting = options.filter(option => !own.has(option.version.id))
  const [versionId, setVersionId] = useState<string | null>(null)
  const [priceId, setPriceId] = useState(WHOLE)
  const [quantity, setQuantity] = useState(1)
  const [untilDay, setUntilDay] = useState('')
  const chosen = fitting.find(option => option.version.id === versionId) ?? fitting[0]
  const prices = (chosen?.version.prices ?? []).filter(price => price.currency === subscription.currency)
  const until = untilDay === '' ? undefined : (startOfDay(untilDay, customer.zone) ?? undefined)
  const inverted = until !== undefined && at.at !== null && until <= at.at
  const asked =
    chosen && at.at !== null
      ? {
          ...{ subscriptionId: subscription.id, planVersionId: chosen.version.id, at: at.at },
          ...{ atPeriodEnd: false, quantity: BigInt(quantity) },
          ...(priceId === WHOLE ? {} : { priceId }),
          ...(until === undefined ? {} : { until }),
        }
      : null
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.life.addOnTitle', { plan: subscription.planName })}
      submit={t('billing.life.addOn')}
      ready={asked !== null && !inverted}
      size="md"
      onSubmit={async () => {
        if (!asked || !chosen) return
        const commandId = newCommandId()
        await command.run(asked, commandId)
        said(t('billing.life.addOnAdded', { plan: chosen.name.plan }), commandId)
      }}
    >
      {ready && fitting.length === 0 ? (
        <p className={classes.note}>
          {t('billing.subscription.noPlans', { currency: subscription.currency })}
        </p>
      ) : null}
      <Select
        data-autofocus
        openOnFocus={false}
        label={t('billing.subscription.plan')}
        allowDeselect={false}
        searchable
        data={fitting.map(option => ({ value: option.version.id, label: option.label }))}
        value={chosen?.version.id ?? null}
        onChange={value => {
          setVersionId(value)
          setPriceId(WHOLE)
        }}
      />
      <div className={classes.two}>
        <Select
          label={t('billing.life.addOnPrice')}
          allowDeselect={false}
          data={[
            { value: WHOLE, label: t('billing.life.addOnWhole') },
            ...prices.map(price => ({ value: price.id, label: price.name })),
          ]}
          value={priceId}
          onChange={value => setPriceId(value ?? WHOLE)}
        />
        <NumberInput
          label={t('billing.life.quantity')}
          value={quantity}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          onChange={value => typeof value === 'number' && value >= 1 && setQuantity(value)}
        />
      </div>
      <AtInput choice={at} zone={customer.zone} kinds={['now', 'period-end', 'day']} />
      <TextInput
        type="date"
        label={t('billing.life.addOnUntil')}
        value={untilDay}
        error={inverted ? t('errors.BILLING_SPAN_INVERTED') : undefined}
        onChange={event => setUntilDay(event.currentTarget.value)}
      />
      {asked && !inverted ? (
        <MoneyPreview change={{ kind: 'add-on', ...asked }} zone={customer.zone} />
      ) : null}
    </FormDialog>
  )
}

/** Changes how many of an add-on there are, or ends it. */
export function AddOnChangeDialog({
  what,
  name,
  addOn,
  customer,
  subscription,
  onClose,
}: Props & { readonly what: 'quantity' | 'end'; readonly name: string; readonly addOn: AddOnShown }) {
  const { t } = useTranslation()
  const change = useCommand(leaves.changeAddOn)
  const end = useCommand(leaves.endAddOn)
  const said = useSaidWithUndo()
  const at = useAt('now', customer.zone, subscription)
  const now = addOn.stretches.at(-1)?.quantity ?? 1n
  const [quantity, setQuantity] = useState(Number(now))
  const asked = { subscriptionId: subscription.id, addOnId: addOn.id, at: at.at ?? 0n, atPeriodEnd: false }
  const same = what === 'quantity' && BigInt(quantity) === now
  const thought =
    what === 'end'
      ? { kind: 'add-on-end' as const, ...asked }
      : { kind: 'add-on-quantity' as const, ...asked, quantity: BigInt(quantity) }
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t(what === 'end' ? 'billing.life.addOnEndTitle' : 'billing.life.addOnChangeTitle', { name })}
      submit={t(what === 'end' ? 'billing.life.addOnEnd' : 'billing.life.addOnChange')}
      ready={at.at !== null && !same}
      size="md"
      onSubmit={async () => {
        const commandId = newCommandId()
        if (what === 'end') await end.run(asked, commandId)
        else await change.run({ ...asked, quantity: BigInt(quantity) }, commandId)
        said(t('billing.subscription.changed', { plan: name }), commandId)
      }}
    >
      {what === 'quantity' ? (
        <NumberInput
          data-autofocus
          label={t('billing.life.quantity')}
          value={quantity}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          onChange={value => typeof value === 'number' && value >= 1 && setQuantity(value)}
        />
      ) : null}
      <AtInput first={what === 'end'} choice={at} zone={customer.zone} kinds={['now', 'period-end', 'day']} />
      {at.at !== null && !same ? <MoneyPreview change={thought} zone={customer.zone} /> : null}
    </FormDialog>
  )
}
