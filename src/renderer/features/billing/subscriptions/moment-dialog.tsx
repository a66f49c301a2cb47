import { useTranslation } from 'react-i18next'
import { cancelAt, pauseFrom, resumeFrom } from '#engines/billing/phases.ts'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { contract } from '#shared/contract/index.ts'
import type { CustomerShown, SubscriptionShown } from '../words.ts'
import { AtInput, useAt } from './at-choice.tsx'
import { Consequences } from './consequences.tsx'
import { namesOf } from './version-names.ts'

export type Moment = 'pause' | 'resume' | 'cancel'

const { subscription: leaves } = contract.billing
const DECIDE = { pause: pauseFrom, resume: resumeFrom, cancel: cancelAt } as const

/** Pauses, resumes or cancels a subscription: what is asked is only when. */
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
  const command = useCommand(leaves[what])
  const said = useSaidWithUndo()
  const at = useAt(what === 'cancel' ? 'period-end' : 'now', customer.zone, subscription)
  const after = at.at === null ? null : DECIDE[what](subscription.phases, at.at)
  const plan = subscription.planName
  const words = {
    pause: {
      title: t('billing.subscription.pauseTitle', { plan }),
      submit: t('billing.subscription.pause'),
      note: t('billing.subscription.pauseNote'),
      said: t('billing.subscription.paused', { plan }),
    },
    resume: {
      title: t('billing.subscription.resumeTitle', { plan }),
      submit: t('billing.subscription.resume'),
      note: t('billing.subscription.resumeNote'),
      said: t('billing.subscription.resumed', { plan }),
    },
    cancel: {
      title: t('billing.subscription.cancelTitle', { plan }),
      submit: t('billing.subscription.cancel'),
      note: t('billing.subscription.cancelNote'),
      said: t('billing.subscription.cancelled', { plan }),
    },
  }[what]
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={words.title}
      submit={words.submit}
      ready={after?.ok === true}
      size="md"
      onSubmit={async () => {
        if (at.at === null) return
        const commandId = newCommandId()
        await command.run({ subscriptionId: subscription.id, at: at.at }, commandId)
        said(words.said, commandId)
      }}
    >
      <AtInput first choice={at} zone={customer.zone} kinds={['now', 'period-end', 'day']} />
      {after ? (
        <Consequences
          customer={customer}
          before={subscription.phases}
          after={after}
          names={namesOf(subscription)}
          notes={[words.note]}
        />
      ) : null}
    </FormDialog>
  )
}
