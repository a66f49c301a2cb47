import { IconAdjustments, IconX } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '#renderer/app/shell/session.ts'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton } from '#renderer/ui/actions/use-actions.tsx'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import type { CustomerShown, SubscriptionShown } from '../words.ts'
import { AddOnChangeDialog } from './add-on-dialog.tsx'
import { shortInstant } from './timeline.tsx'
import { namesOf } from './version-names.ts'

const { subscription: leaf } = contract.billing
type AddOnShown = SubscriptionShown['addOns'][number]

/** The add-ons of a subscription with how many there are and when. */
export function AddOns({
  subscription,
  customer,
}: {
  readonly subscription: SubscriptionShown
  readonly customer: CustomerShown
}) {
  const { t } = useTranslation()
  const may = useMay()
  const now = BigInt(useNow())
  const { dateStyle } = useFormat()
  const [asked, setAsked] = useState<{ what: 'quantity' | 'end'; addOn: AddOnShown } | null>(null)
  const actions = useMemo(() => {
    const over = (addOn: AddOnShown) => {
      const end = addOn.stretches.at(-1)?.to
      return end === undefined || (end !== null && end <= now)
    }
    return {
      change: defineAction<AddOnShown>(leaf.changeAddOn, {
        label: () => t('billing.life.addOnChange'),
        icon: IconAdjustments,
        when: addOn => !over(addOn) && may(leaf.changeAddOn),
        run: addOn => setAsked({ what: 'quantity', addOn }),
      }),
      end: defineAction<AddOnShown>(leaf.endAddOn, {
        label: () => t('billing.life.addOnEnd'),
        icon: IconX,
        when: addOn => !over(addOn) && may(leaf.endAddOn),
        run: addOn => setAsked({ what: 'end', addOn }),
      }),
    }
  }, [t, may, now])
  const names = namesOf(subscription)
  const day = (at: bigint) => shortInstant(at, customer.zone, dateStyle)
  const nameOf = (addOn: AddOnShown) => names.get(addOn.planVersionId)?.plan ?? ''
  const shown = subscription.addOns.filter(addOn => addOn.stretches.length > 0)
  return (
    <Section title={t('billing.life.addOns')}>
      {shown.length === 0 ? <p>{t('billing.life.noAddOns')}</p> : null}
      {shown.map(addOn => (
        <div key={addOn.id} className={classes.addOn}>
          <strong>{nameOf(addOn)}</strong>
          {addOn.stretches.map(stretch => (
            <p key={`${stretch.from}`} className={classes.facts}>
              {t('billing.life.stretch', {
                count: Number(stretch.quantity),
                from: day(stretch.from),
                to: stretch.to === null ? t('billing.customer.open') : day(stretch.to),
              })}
            </p>
          ))}
          <div className={classes.buttons}>
            <ActionButton action={actions.change} context={addOn} />
            <ActionButton action={actions.end} context={addOn} />
          </div>
        </div>
      ))}
      {asked ? (
        <AddOnChangeDialog
          what={asked.what}
          addOn={asked.addOn}
          name={nameOf(asked.addOn)}
          customer={customer}
          subscription={subscription}
          onClose={() => setAsked(null)}
        />
      ) : null}
    </Section>
  )
}
