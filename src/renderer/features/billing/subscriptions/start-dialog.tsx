import { NumberInput, Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { firstPhases } from '#engines/billing/phases.ts'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import type { CustomerShown } from '../words.ts'
import { AtInput, useAt } from './at-choice.tsx'
import { Consequences } from './consequences.tsx'
import { usePlanOptions } from './plan-options.ts'

/** Subscribes a customer to a plan. */
export function StartDialog({
  customer,
  onClose,
}: {
  readonly customer: CustomerShown
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { options, ready } = usePlanOptions(customer.currency)
  const start = useCommand(contract.billing.subscription.start)
  const said = useSaidWithUndo()
  const [planId, setPlanId] = useState<string | null>(null)
  const [seats, setSeats] = useState(1)
  const [trial, setTrial] = useState<number | null>(null)
  const [alignment, setAlignment] = useState<'calendar' | 'anniversary' | null>(null)
  const at = useAt('now', customer.zone, null)
  const chosen = options.find(option => option.planId === planId) ?? options[0]
  const trialDays = trial ?? chosen?.version.trialDays ?? 0
  const aligned = alignment ?? chosen?.version.alignment ?? 'calendar'
  const after =
    chosen && at.at !== null
      ? firstPhases({
          ...{ planVersionId: chosen.version.id, quantity: BigInt(seats), at: at.at },
          ...{ trialDays, zone: customer.zone },
        })
      : null
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.subscription.startTitle', { name: customer.name })}
      submit={t('billing.subscription.start')}
      ready={after !== null}
      size="md"
      onSubmit={async () => {
        if (!chosen || at.at === null) return
        const commandId = newCommandId()
        await start.run(
          {
            ...{ customerId: customer.id, planId: chosen.planId, planVersionId: chosen.version.id },
            ...{ quantity: BigInt(seats), at: at.at, trialDays, alignment: aligned },
          },
          commandId,
        )
        said(t('billing.subscription.started', { plan: chosen.name.plan, name: customer.name }), commandId)
      }}
    >
      {ready && options.length === 0 ? (
        <p className={classes.note}>{t('billing.subscription.noPlans', { currency: customer.currency })}</p>
      ) : null}
      <Select
        data-autofocus
        openOnFocus={false}
        label={t('billing.subscription.plan')}
        allowDeselect={false}
        searchable
        data={options.map(option => ({ value: option.planId, label: option.label }))}
        value={chosen?.planId ?? null}
        onChange={value => {
          setPlanId(value)
          setTrial(null)
          setAlignment(null)
        }}
      />
      <div className={classes.two}>
        <NumberInput
          label={t('billing.subscription.seats')}
          value={seats}
          min={1}
          max={1_000_000}
          allowDecimal={false}
          onChange={value => typeof value === 'number' && value >= 1 && setSeats(value)}
        />
        <NumberInput
          label={t('billing.subscription.trialDays')}
          value={trialDays}
          min={0}
          max={365}
          allowDecimal={false}
          onChange={value => typeof value === 'number' && setTrial(value)}
        />
      </div>
      <Select
        label={t('billing.subscription.alignment')}
        allowDeselect={false}
        data={(['calendar', 'anniversary'] as const).map(value => ({
          value,
          label: t(`billing.alignment.${value}`),
        }))}
        value={aligned}
        onChange={value => setAlignment(value as typeof alignment)}
      />
      <AtInput choice={at} zone={customer.zone} kinds={['now', 'day']} />
      {after && chosen ? (
        <Consequences
          customer={customer}
          before={[]}
          after={{ ok: true, phases: after }}
          names={new Map([[chosen.version.id, chosen.name]])}
          notes={trialDays > 0 ? [t('billing.subscription.trialNote')] : []}
        />
      ) : null}
    </FormDialog>
  )
}
