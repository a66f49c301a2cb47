import { NumberInput, SegmentedControl, Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { changeFrom, phaseAt } from '#engines/billing/phases.ts'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import type { CustomerShown, SubscriptionShown } from '../words.ts'
import { AtInput, useAt } from './at-choice.tsx'
import { Consequences } from './consequences.tsx'
import { MoneyPreview } from './money-preview.tsx'
import { usePlanOptions } from './plan-options.ts'
import { namesOf } from './version-names.ts'

const KEEP = 'keep'

/** Another plan, another version of it, another interval or another number of seats, from an instant on. */
export function ChangeDialog({
  customer,
  subscription,
  onClose,
}: {
  readonly customer: CustomerShown
  readonly subscription: SubscriptionShown
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { options } = usePlanOptions(subscription.currency)
  const change = useCommand(contract.billing.subscription.change)
  const said = useSaidWithUndo()
  const at = useAt('now', customer.zone, subscription)
  const current = at.at === null ? undefined : phaseAt(subscription.phases, at.at)
  const [versionId, setVersionId] = useState(KEEP)
  const [typed, setTyped] = useState<number | null>(null)
  const [anchor, setAnchor] = useState<'reset' | 'keep'>('reset')
  const seats = typed ?? Number(current?.quantity ?? 1n)
  const fitting = options.filter(option => option.version.id !== current?.planVersionId)
  const chosen = fitting.find(option => option.version.id === versionId)
  const differs = chosen !== undefined && chosen.version.interval !== subscription.interval
  const names = namesOf(subscription)
  if (chosen) names.set(chosen.version.id, chosen.name)
  const to = {
    ...(chosen ? { planVersionId: chosen.version.id } : {}),
    ...(current && BigInt(seats) !== current.quantity ? { quantity: BigInt(seats) } : {}),
  }
  const same = to.planVersionId === undefined && to.quantity === undefined
  const after = at.at === null ? null : changeFrom(subscription.phases, at.at, to)
  const asked =
    at.at === null
      ? null
      : {
          subscriptionId: subscription.id,
          at: at.at,
          atPeriodEnd: false,
          ...to,
          ...(differs ? { anchor } : {}),
        }
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.subscription.changeTitle', { plan: subscription.planName })}
      submit={t('billing.subscription.change')}
      ready={after?.ok === true && !same}
      size="md"
      onSubmit={async () => {
        if (asked === null) return
        const commandId = newCommandId()
        await change.run(asked, commandId)
        said(t('billing.subscription.changed', { plan: subscription.planName }), commandId)
      }}
    >
      <Select
        data-autofocus
        openOnFocus={false}
        label={t('billing.subscription.plan')}
        allowDeselect={false}
        searchable
        data={[
          { value: KEEP, label: t('billing.subscription.keepVersion') },
          ...fitting.map(option => ({
            value: option.version.id,
            label: `${option.label} (${t('billing.customer.version', { number: option.name.number })})`,
          })),
        ]}
        value={chosen?.version.id ?? KEEP}
        onChange={value => setVersionId(value ?? KEEP)}
      />
      <NumberInput
        label={t('billing.subscription.seats')}
        value={seats}
        min={1}
        max={1_000_000}
        allowDecimal={false}
        onChange={value => typeof value === 'number' && value >= 1 && setTyped(value)}
      />
      {differs ? (
        <fieldset className={classes.at}>
          <legend>{t('billing.life.anchor')}</legend>
          <SegmentedControl
            aria-label={t('billing.life.anchor')}
            value={anchor}
            onChange={value => setAnchor(value as typeof anchor)}
            data={[
              { value: 'reset', label: t('billing.life.anchorReset') },
              { value: 'keep', label: t('billing.life.anchorKeep') },
            ]}
          />
        </fieldset>
      ) : null}
      <AtInput choice={at} zone={customer.zone} kinds={['now', 'period-end', 'day']} />
      {after === null ? null : same && after.ok ? (
        <p className={classes.hint}>{t('billing.subscription.nothingChanges')}</p>
      ) : (
        <Consequences
          customer={customer}
          before={subscription.phases}
          after={after}
          names={names}
          notes={[t('billing.subscription.changeNote')]}
        />
      )}
      {after?.ok && !same && asked ? (
        <MoneyPreview change={{ kind: 'terms', ...asked }} zone={customer.zone} />
      ) : null}
    </FormDialog>
  )
}
