import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cancelAt, pauseFrom, resumeFrom } from '#engines/billing/phases.ts'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { contract } from '#shared/contract/index.ts'
import type { CustomerShown, SubscriptionShown } from '../words.ts'
import { AtInput, startOfDay, useAt } from './at-choice.tsx'
import { Consequences } from './consequences.tsx'
import { MoneyPreview } from './money-preview.tsx'
import { namesOf } from './version-names.ts'

export type Moment = 'pause' | 'resume' | 'cancel'

const { subscription: leaves } = contract.billing
const DECIDE = { pause: pauseFrom, resume: resumeFrom, cancel: cancelAt } as const
const SETTLEMENTS = ['credit', 'refund', 'none'] as const

/** Pauses, resumes or cancels a subscription: when, until when, and what becomes of what was paid in advance. */
export function MomentDialog({
  what,
  customer,
  subscription,
  onClose,
}: {
  readonly what: Moment
  readonly customer: CustomerShown
  readonly subscription: SubscriptionShown
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const pause = useCommand(leaves.pause)
  const resume = useCommand(leaves.resume)
  const cancel = useCommand(leaves.cancel)
  const said = useSaidWithUndo()
  const [settlement, setSettlement] = useState<(typeof SETTLEMENTS)[number]>('credit')
  const [untilDay, setUntilDay] = useState('')
  const at = useAt(what === 'cancel' ? 'period-end' : 'now', customer.zone, subscription)
  const after = at.at === null ? null : DECIDE[what](subscription.phases, at.at)
  const until = untilDay === '' ? undefined : (startOfDay(untilDay, customer.zone) ?? undefined)
  const inverted = what === 'pause' && until !== undefined && at.at !== null && until <= at.at
  const plan = subscription.planName
  const asked = { subscriptionId: subscription.id, at: at.at ?? 0n, atPeriodEnd: false }
  const paused = { ...asked, ...(until === undefined ? {} : { until }) }
  const words = {
    pause: {
      title: t('billing.subscription.pauseTitle', { plan }),
      submit: t('billing.subscription.pause'),
      note: t('billing.subscription.pauseNote'),
      said: t('billing.subscription.paused', { plan }),
      run: (id: string) => pause.run(paused, id),
      thought: { kind: 'pause' as const, ...paused },
    },
    resume: {
      title: t('billing.subscription.resumeTitle', { plan }),
      submit: t('billing.subscription.resume'),
      note: t('billing.subscription.resumeNote'),
      said: t('billing.subscription.resumed', { plan }),
      run: (id: string) => resume.run(asked, id),
      thought: { kind: 'resume' as const, ...asked },
    },
    cancel: {
      title: t('billing.subscription.cancelTitle', { plan }),
      submit: t('billing.subscription.cancel'),
      note: t(`billing.life.settlementNote.${settlement}`),
      said: t('billing.subscription.cancelled', { plan }),
      run: (id: string) => cancel.run({ ...asked, settlement }, id),
      thought: { kind: 'cancel' as const, ...asked, settlement },
    },
  }[what]
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={words.title}
      submit={words.submit}
      ready={after?.ok === true && !inverted}
      size="md"
      onSubmit={async () => {
        if (at.at === null) return
        const commandId = newCommandId()
        await words.run(commandId)
        said(words.said, commandId)
      }}
    >
      <AtInput first choice={at} zone={customer.zone} kinds={['now', 'period-end', 'day']} />
      {what === 'pause' ? (
        <TextInput
          type="date"
          label={t('billing.life.until')}
          description={t('billing.life.untilHint')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          value={untilDay}
          error={inverted ? t('errors.BILLING_SPAN_INVERTED') : undefined}
          onChange={event => setUntilDay(event.currentTarget.value)}
        />
      ) : null}
      {what === 'cancel' ? (
        <Select
          label={t('billing.life.settlement')}
          allowDeselect={false}
          data={SETTLEMENTS.map(value => ({ value, label: t(`billing.life.settlements.${value}`) }))}
          value={settlement}
          onChange={value => setSettlement(value as typeof settlement)}
        />
      ) : null}
      {after ? (
        <Consequences
          customer={customer}
          before={subscription.phases}
          after={after}
          names={namesOf(subscription)}
          notes={[words.note]}
        />
      ) : null}
      {after?.ok && !inverted ? <MoneyPreview change={words.thought} zone={customer.zone} /> : null}
    </FormDialog>
  )
}
