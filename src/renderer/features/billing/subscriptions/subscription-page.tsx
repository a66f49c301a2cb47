import {
  IconArrowLeft,
  IconArrowsExchange,
  IconCreditCard,
  IconPlayerPause,
  IconPlayerPlay,
  IconPuzzle,
  IconRotateClockwise,
  IconUser,
  IconX,
} from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo, useHref } from '#renderer/app/address.ts'
import { newCommandId, type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Figures, Page, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { CUSTOMERS_PATH } from '../paths.ts'
import { type CustomerShown, type SubscriptionShown, useStates } from '../words.ts'
import { AddOnDialog } from './add-on-dialog.tsx'
import { AddOns } from './add-ons.tsx'
import { ChangeDialog } from './change-dialog.tsx'
import { MomentDialog } from './moment-dialog.tsx'
import { NextInvoice } from './next-invoice.tsx'
import { SUBSCRIPTIONS_PATH, subscriptionRoute } from './paths.ts'
import { Planned } from './planned.tsx'
import { ReactivateDialog } from './reactivate-dialog.tsx'
import { Story } from './story.tsx'
import { shortInstant, Timeline } from './timeline.tsx'
import { namesOf } from './version-names.ts'

const { subscription: leaf, customer: customers } = contract.billing
export type StoryShown = OutputOf<typeof leaf.story>

const ASKED = ['change', 'add-on', 'pause', 'resume', 'cancel', 'reactivate'] as const
type Asked = (typeof ASKED)[number]

/** One subscription: what it is, what becomes of it, and what it costs. */
export function SubscriptionPage({ subscriptionId }: { readonly subscriptionId: string }) {
  const { t } = useTranslation()
  const list = useCoreQuery(leaf.list, { id: subscriptionId })
  const story = useCoreQuery(leaf.story, { subscriptionId })
  const customerId = list.data?.subscriptions[0]?.customerId
  const customer = useCoreQuery(
    customers.get,
    { customerId: customerId ?? '' },
    { enabled: customerId !== undefined },
  )
  const one = list.data?.subscriptions[0]
  if (one && story.data && customer.data)
    return <Shown subscription={one} story={story.data} customer={customer.data} />
  const error = story.error ?? list.error ?? customer.error
  return (
    <Page title={t('billing.life.title')}>
      {error ? <ErrorState centred error={error} onRetry={() => void story.refetch()} /> : <LoadingState />}
    </Page>
  )
}

function Shown({
  subscription,
  story,
  customer,
}: {
  readonly subscription: SubscriptionShown
  readonly story: StoryShown
  readonly customer: CustomerShown
}) {
  const { t } = useTranslation()
  const { dateStyle } = useFormat()
  const { params, setParams } = useAddress()
  const wanted = params.get('ask')
  const [asked, setAsked] = useState<Asked | null>(ASKED.find(one => one === wanted) ?? null)
  const state = useStates()[subscription.state]
  const actions = useSubscriptionActions(subscription, setAsked)
  useActions(Object.values(actions).map(action => bindAction(action, undefined)))
  const customerHref = useHref(`${CUSTOMERS_PATH}?customer=${customer.id}`)
  const close = () => {
    setAsked(null)
    if (!params.has('ask')) return
    const next = new URLSearchParams(params)
    next.delete('ask')
    setParams(next, { replace: true })
  }
  const { zone } = customer
  const day = (at: bigint) => shortInstant(at, zone, dateStyle)
  const { recurring, renewals, standing } = story
  const trial = subscription.phases.find(phase => phase.kind === 'trial')
  const [next] = renewals
  const figures = [
    {
      label: t('billing.life.mrr'),
      value: <Money minor={recurring?.monthly ?? 0n} currency={subscription.currency} />,
      note: recurring
        ? `${t(`billing.interval.${subscription.interval}`)}, ${t(`billing.alignment.${subscription.alignment}`)}`
        : null,
    },
    ...(next
      ? [
          {
            label: t('billing.life.renews'),
            value: day(next.at),
            note: <Money minor={next.amount} currency={subscription.currency} />,
          },
        ]
      : []),
    ...(subscription.state === 'trialing' && trial?.to
      ? [
          {
            label: t('billing.life.trial'),
            value: t('billing.life.trialEnds', { day: day(trial.to) }),
            note: t(
              subscription.card ? 'billing.life.cardOn' : `billing.life.cardOff.${subscription.afterTrial}`,
            ),
          },
        ]
      : []),
    ...(subscription.endedAt === null
      ? []
      : [
          {
            label: t('billing.life.ends'),
            value: day(subscription.endedAt),
            note: `${t(`billing.life.endReason.${subscription.endReason ?? 'cancelled'}`)} ${t(`billing.life.settled.${subscription.settlement}`)}`,
          },
        ]),
    ...(standing && (subscription.state === 'past-due' || subscription.state === 'unpaid')
      ? [
          {
            label: t('billing.life.standing'),
            value: t('billing.life.pastDueSince', { day: day(standing.pastDueAt) }),
            note: t('billing.life.unpaidFrom', { day: day(standing.unpaidAt) }),
          },
        ]
      : []),
  ]
  return (
    <Page
      title={`${subscription.planName}, ${customer.name}`}
      subtitle={<StatusBadge tone={state.tone} label={state.label} />}
      actions={
        <>
          <ActionButton action={actions.back} context={undefined} />
          <ActionButton action={actions.card} context={undefined} />
          <ActionButton action={actions.noCard} context={undefined} />
          <ActionButton action={actions.pause} context={undefined} />
          <ActionButton action={actions.resume} context={undefined} />
          <ActionButton action={actions.cancel} context={undefined} />
          <ActionButton action={actions.addOn} context={undefined} />
          <ActionButton action={actions.reactivate} context={undefined} />
          <ActionButton action={actions.change} context={undefined} primary />
        </>
      }
      answer={<Figures figures={figures} />}
    >
      <div className={classes.padded}>
        <div className={classes.columns}>
          <div>
            <Planned subscription={subscription} story={story} zone={zone} />
            <Section title={t('billing.life.timeline')}>
              <Timeline
                label={t('billing.customer.timeline', { plan: subscription.planName })}
                phases={subscription.phases}
                names={namesOf(subscription)}
                zone={zone}
              />
              <Story subscription={subscription} story={story} zone={zone} />
            </Section>
          </div>
          <div>
            <Section title={t('billing.life.customer')}>
              <p>
                <a href={customerHref}>{customer.name}</a>
              </p>
              <Kin subscription={subscription} story={story} />
            </Section>
            <AddOns subscription={subscription} customer={customer} />
            <NextInvoice subscriptionId={subscription.id} zone={zone} />
          </div>
        </div>
      </div>
      {asked === 'change' ? (
        <ChangeDialog customer={customer} subscription={subscription} onClose={close} />
      ) : null}
      {asked === 'add-on' ? (
        <AddOnDialog customer={customer} subscription={subscription} onClose={close} />
      ) : null}
      {asked === 'reactivate' ? (
        <ReactivateDialog customer={customer} subscription={subscription} onClose={close} />
      ) : null}
      {asked === 'pause' || asked === 'resume' || asked === 'cancel' ? (
        <MomentDialog what={asked} customer={customer} subscription={subscription} onClose={close} />
      ) : null}
    </Page>
  )
}

/** What it goes on from, and what goes on from it. */
function Kin({
  subscription,
  story,
}: {
  readonly subscription: SubscriptionShown
  readonly story: StoryShown
}) {
  const { t } = useTranslation()
  const go = useGo()
  const { predecessorId } = subscription
  return (
    <>
      {predecessorId === null ? null : (
        <p>
          <button type="button" className={classes.link} onClick={() => go(subscriptionRoute(predecessorId))}>
            {t('billing.life.predecessor')}
          </button>
        </p>
      )}
      {story.successors.map(id => (
        <p key={id}>
          <button type="button" className={classes.link} onClick={() => go(subscriptionRoute(id))}>
            {t('billing.life.successor')}
          </button>
        </p>
      ))}
    </>
  )
}

function useSubscriptionActions(one: SubscriptionShown, ask: (what: Asked) => void) {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const toasts = useToasts()
  const said = useSaidWithUndo()
  const { run: setCard } = useCommand(leaf.setCard)
  return useMemo(() => {
    const over = one.state === 'cancelled' || one.state === 'expired'
    const runs = one.state === 'active' || one.state === 'past-due' || one.state === 'unpaid'
    const note = async (onFile: boolean) => {
      const commandId = newCommandId()
      try {
        await setCard({ subscriptionId: one.id, onFile }, commandId)
        said(t(onFile ? 'billing.life.cardNoted' : 'billing.life.cardGone'), commandId)
      } catch (error) {
        toasts.fail(error)
      }
    }
    return {
      change: defineAction(leaf.change, {
        label: () => t('billing.subscription.change'),
        key: 'u',
        icon: IconArrowsExchange,
        when: () => !over && may(leaf.change),
        run: () => ask('change'),
      }),
      addOn: defineAction(leaf.addAddOn, {
        label: () => t('billing.life.addOn'),
        key: 'n',
        icon: IconPuzzle,
        when: () => !over && may(leaf.addAddOn),
        run: () => ask('add-on'),
      }),
      pause: defineAction(leaf.pause, {
        label: () => t('billing.subscription.pause'),
        key: 'p',
        icon: IconPlayerPause,
        when: () => runs && may(leaf.pause),
        run: () => ask('pause'),
      }),
      resume: defineAction(leaf.resume, {
        label: () => t('billing.subscription.resume'),
        key: 'r',
        icon: IconPlayerPlay,
        when: () => one.state === 'paused' && may(leaf.resume),
        run: () => ask('resume'),
      }),
      cancel: defineAction(leaf.cancel, {
        label: () => t('billing.subscription.cancel'),
        key: 'x',
        icon: IconX,
        when: () => !over && may(leaf.cancel),
        run: () => ask('cancel'),
      }),
      reactivate: defineAction(leaf.reactivate, {
        label: () => t('billing.life.reactivate'),
        key: 'v',
        icon: IconRotateClockwise,
        when: () => one.endedAt !== null && may(leaf.reactivate),
        run: () => ask('reactivate'),
      }),
      card: defineAction(leaf.setCard, {
        label: () => t('billing.life.card'),
        key: 'y',
        icon: IconCreditCard,
        when: () => !over && !one.card && may(leaf.setCard),
        run: () => note(true),
      }),
      noCard: defineAction('ui.billing.subscription.noCard', {
        label: () => t('billing.life.noCard'),
        icon: IconCreditCard,
        when: () => one.state === 'trialing' && one.card && may(leaf.setCard),
        run: () => note(false),
      }),
      customer: defineAction('ui.billing.subscription.customer', {
        label: () => t('billing.life.customer'),
        key: 'o',
        icon: IconUser,
        run: () => go(`${CUSTOMERS_PATH}?customer=${one.customerId}`),
      }),
      back: defineAction('ui.billing.subscription.back', {
        label: () => t('billing.life.back'),
        key: 'b',
        icon: IconArrowLeft,
        run: () => go(SUBSCRIPTIONS_PATH),
      }),
    }
  }, [t, go, may, ask, said, toasts, setCard, one.id, one.customerId, one.state, one.endedAt, one.card])
}
