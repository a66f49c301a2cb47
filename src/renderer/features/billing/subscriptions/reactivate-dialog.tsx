import { useTranslation } from 'react-i18next'
import { billingPeriodAt } from '#engines/billing/periods.ts'
import { useGo } from '#renderer/app/address.ts'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useNow } from '#renderer/ui/format/use-format.tsx'
import { contract } from '#shared/contract/index.ts'
import type { CustomerShown, SubscriptionShown } from '../words.ts'
import { subscriptionRoute } from './paths.ts'

/** Takes an end away, or begins again where its period is over. */
export function ReactivateDialog({
  customer,
  subscription,
  onClose,
}: {
  readonly customer: CustomerShown
  readonly subscription: SubscriptionShown
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const go = useGo()
  const now = BigInt(useNow())
  const command = useCommand(contract.billing.subscription.reactivate)
  const said = useSaidWithUndo()
  const { endedAt } = subscription
  const within =
    endedAt !== null && now < billingPeriodAt({ ...subscription, zone: customer.zone }, endedAt - 1n).to
  const plan = subscription.planName
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.life.reactivateTitle', { plan })}
      submit={t('billing.life.reactivate')}
      onSubmit={async () => {
        const commandId = newCommandId()
        const { id } = await command.run({ subscriptionId: subscription.id }, commandId)
        said(t('billing.life.reactivated', { plan }), commandId)
        if (id !== subscription.id) go(subscriptionRoute(id))
      }}
    >
      <p>{t(within ? 'billing.life.reactivateWithin' : 'billing.life.reactivateAnew')}</p>
    </FormDialog>
  )
}
