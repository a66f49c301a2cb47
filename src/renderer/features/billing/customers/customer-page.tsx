import {
  IconArrowLeft,
  IconArrowsExchange,
  IconChartHistogram,
  IconFileInvoice,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlus,
  IconTimeline,
  IconX,
} from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { DEFAULT_STATE, toAddress } from '#renderer/features/finops/explorer/address.ts'
import { Comments } from '#renderer/features/workspace/comments/comments.tsx'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Fields, Page, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { ArrangementSection } from '../arrangements/arrangement-section.tsx'
import classes from '../catalogue.module.css'
import { CustomerContracts } from '../contracts/customer-contracts.tsx'
import { CustomerCorrections } from '../corrections/customer-corrections.tsx'
import { CustomerCoupons } from '../coupons/customer-coupons.tsx'
import { CustomerOneOffs } from '../one-offs/customer-one-offs.tsx'
import { CUSTOMERS_PATH } from '../paths.ts'
import { CustomerAccount } from '../payments/customer-account.tsx'
import { percentOf } from '../percent.ts'
import { CustomerMeters } from '../quotas/customer-meters.tsx'
import { CustomerMethods } from '../refunds/customer-methods.tsx'
import { CustomerMandates } from '../sepa/customer-mandates.tsx'
import { AutomationSection } from '../subscriptions/automation-section.tsx'
import { ChangeDialog } from '../subscriptions/change-dialog.tsx'
import { type Moment, MomentDialog } from '../subscriptions/moment-dialog.tsx'
import { subscriptionRoute } from '../subscriptions/paths.ts'
import { StartDialog } from '../subscriptions/start-dialog.tsx'
import { SubscriptionCard } from '../subscriptions/subscription-card.tsx'
import { shortInstant } from '../subscriptions/timeline.tsx'
import { CustomerTaxPart } from '../tax/customer-tax.tsx'
import { CustomerWallets } from '../wallets/customer-wallets.tsx'
import { type CustomerShown, type SubscriptionShown, useStates } from '../words.ts'
import { ContactsPart } from './contacts-part.tsx'
import { CustomerDialog } from './customer-dialog.tsx'
import { CustomerInvoices } from './customer-invoices.tsx'
import { OwnPrices } from './own-prices.tsx'
import { UsageChart } from './usage-chart.tsx'
import { useBalanceOf } from './use-balance.ts'

const { customer: leaf, subscription: subscriptions } = contract.billing

type Asked = 'edit' | 'start' | 'change' | Moment

const RUNNING: ReadonlySet<string> = new Set(['active', 'past-due', 'unpaid'])
/** Neither cancelled nor expired. */
const isOpen = ({ state }: SubscriptionShown) => state !== 'cancelled' && state !== 'expired'

/** One customer: what it is subscribed to, what it uses, what its invoices say. */
export function CustomerPage({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const query = useCoreQuery(leaf.get, { customerId })
  if (query.data) return <Shown customer={query.data} />
  return (
    <Page title={t('billing.screen.customers')}>
      {query.error ? (
        <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <LoadingState />
      )}
    </Page>
  )
}

function Shown({ customer }: { readonly customer: CustomerShown }) {
  const { t } = useTranslation()
  const states = useStates()
  const { dateStyle } = useFormat()
  const [asked, setAsked] = useState<Asked | null>(null)
  const [picked, setPicked] = useState<string | null>(null)
  const all = customer.subscriptions
  const selected = all.find(one => one.id === picked) ?? all.find(isOpen) ?? all[0] ?? null
  const actions = useCustomerActions(customer, selected, setAsked)
  useActions(Object.values(actions).map(action => bindAction(action, undefined)))
  const running = all.find(one => isOpen(one) && one.state !== 'scheduled')
  const state = states[running?.state ?? all[0]?.state ?? 'none']
  const close = () => setAsked(null)
  return (
    <Page
      title={customer.name}
      subtitle={<StatusBadge tone={state.tone} label={state.label} />}
      actions={
        <>
          <ActionButton action={actions.back} context={undefined} />
          <ActionButton action={actions.invoices} context={undefined} />
          <ActionButton action={actions.costs} context={undefined} />
          <ActionButton action={actions.edit} context={undefined} />
          <ActionButton action={actions.start} context={undefined} primary={all.length === 0} />
        </>
      }
    >
      <div className={classes.padded}>
        <div className={classes.columns}>
          <div>
            <Section
              title={t('billing.customer.subscriptions')}
              aside={
                <span className={classes.facts}>
                  {customer.closedUntil === null
                    ? t('billing.customer.notClosed')
                    : t('billing.customer.closed', {
                        day: shortInstant(customer.closedUntil, customer.zone, dateStyle),
                      })}
                </span>
              }
            >
              {all.length === 0 ? <p>{t('billing.customer.noSubscription')}</p> : null}
              {all.map(one => (
                <SubscriptionCard
                  key={one.id}
                  subscription={one}
                  customer={customer}
                  selected={one.id === selected?.id}
                  onSelect={() => setPicked(one.id)}
                  actions={
                    one.id === selected?.id
                      ? [actions.details, actions.change, actions.pause, actions.resume, actions.cancel]
                      : []
                  }
                />
              ))}
            </Section>
            <CustomerMeters customer={customer} />
            <OwnPrices customer={customer} />
            <CustomerContracts customer={customer} />
            <CustomerCoupons customer={customer} />
            <CustomerOneOffs customer={customer} />
            <CustomerWallets customer={customer} />
            <CustomerInvoices customerId={customer.id} />
            <CustomerAccount customer={customer} />
            <CustomerCorrections customerId={customer.id} />
            <UsageChart customerId={customer.id} />
          </div>
          <div>
            <About customer={customer} />
            <CustomerTaxPart customer={customer} />
            <ArrangementSection customerId={customer.id} />
            <AutomationSection customerId={customer.id} />
            <CustomerMethods customer={customer} />
            <CustomerMandates customer={customer} />
            <ContactsPart customerId={customer.id} />
            <Comments about={{ entity: 'customer', id: customer.id }} />
          </div>
        </div>
      </div>
      {asked === 'edit' ? <CustomerDialog customerId={customer.id} onClose={close} /> : null}
      {asked === 'start' ? <StartDialog customer={customer} onClose={close} /> : null}
      {asked === 'change' && selected ? (
        <ChangeDialog customer={customer} subscription={selected} onClose={close} />
      ) : null}
      {(asked === 'pause' || asked === 'resume' || asked === 'cancel') && selected ? (
        <MomentDialog what={asked} customer={customer} subscription={selected} onClose={close} />
      ) : null}
    </Page>
  )
}

/** What can be done to a customer, and to the subscription that is chosen. */
function useCustomerActions(
  one: CustomerShown,
  chosen: SubscriptionShown | null,
  ask: (what: Asked) => void,
) {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const open = chosen !== null && isOpen(chosen)
  return useMemo(
    () => ({
      start: defineAction(subscriptions.start, {
        label: () => t('billing.subscription.start'),
        key: 's',
        icon: IconPlus,
        when: () => may(subscriptions.start),
        run: () => ask('start'),
      }),
      details: defineAction('ui.billing.customer.subscription', {
        label: () => t('billing.life.details'),
        key: 'd',
        icon: IconTimeline,
        when: () => chosen !== null,
        run: () => {
          if (chosen) go(subscriptionRoute(chosen.id))
        },
      }),
      change: defineAction(subscriptions.change, {
        label: () => t('billing.subscription.change'),
        key: 'u',
        icon: IconArrowsExchange,
        when: () => open && may(subscriptions.change),
        run: () => ask('change'),
      }),
      pause: defineAction(subscriptions.pause, {
        label: () => t('billing.subscription.pause'),
        key: 'p',
        icon: IconPlayerPause,
        when: () => open && RUNNING.has(chosen.state) && may(subscriptions.pause),
        run: () => ask('pause'),
      }),
      resume: defineAction(subscriptions.resume, {
        label: () => t('billing.subscription.resume'),
        key: 'r',
        icon: IconPlayerPlay,
        when: () => chosen?.state === 'paused' && may(subscriptions.resume),
        run: () => ask('resume'),
      }),
      cancel: defineAction(subscriptions.cancel, {
        label: () => t('billing.subscription.cancel'),
        key: 'x',
        icon: IconX,
        when: () => open && may(subscriptions.cancel),
        run: () => ask('cancel'),
      }),
      edit: defineAction(leaf.edit, {
        label: () => t('billing.customers.edit'),
        key: 'e',
        icon: IconPencil,
        when: () => may(leaf.edit),
        run: () => ask('edit'),
      }),
      costs: defineAction('ui.billing.customer.costs', {
        label: () => t('billing.customers.costs'),
        key: 'o',
        icon: IconChartHistogram,
        run: () => go(costsOf(one.key)),
      }),
      invoices: defineAction('ui.billing.customer.invoices', {
        label: () => t('billing.customers.invoices'),
        key: 'i',
        icon: IconFileInvoice,
        run: () => go(`/billing/invoices?${new URLSearchParams({ customer: one.id })}`),
      }),
      back: defineAction('ui.billing.customer.back', {
        label: () => t('billing.customers.back'),
        key: 'b',
        icon: IconArrowLeft,
        run: () => go(CUSTOMERS_PATH),
      }),
    }),
    [t, go, one.id, one.key, chosen, open, may, ask],
  )
}

/** The explorer, narrowed to what this customer costs. */
function costsOf(key: string): string {
  const state = {
    ...DEFAULT_STATE,
    filters: [{ dimension: 'customer' as const, op: 'is' as const, values: [key] }],
  }
  return `/finops/explorer?${toAddress(state)}`
}

function About({ customer }: { readonly customer: CustomerShown }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { profile } = customer
  const or = (text: string) => text || t('billing.profile.none')
  return (
    <>
      <Section title={t('billing.customer.about')}>
        <Fields
          fields={[
            [t('billing.customers.key'), <code key="key">{customer.key}</code>],
            [t('billing.customers.email'), or(customer.email)],
            [t('billing.customers.country'), customer.country],
            [t('billing.customers.currency'), customer.currency],
            [t('billing.customers.zone'), customer.zone],
            [t('billing.customers.since'), format.instant(customer.createdAt, 'day')],
          ]}
        />
      </Section>
      <Section title={t('billing.profile.title')}>
        <Fields
          fields={[
            [t('billing.profile.legalName'), or(profile.legalName)],
            [
              t('billing.profile.address'),
              profile.address.length > 0 ? profile.address.map(line => <div key={line}>{line}</div>) : or(''),
            ],
            [t('billing.profile.taxId'), or(profile.taxId)],
            [
              t('billing.profile.taxRate'),
              profile.taxRate === null
                ? t('billing.profile.taxUsual')
                : `${format.decimal(percentOf(profile.taxRate))} %`,
            ],
            [t('billing.profile.paymentDays'), profile.paymentDays],
            [t('billing.profile.purchaseOrder'), or(profile.purchaseOrder)],
            [
              t('billing.profile.useBalance'),
              t(`billing.profile.useBalanceWord.${useBalanceOf(profile.useBalance)}`),
            ],
          ]}
        />
      </Section>
    </>
  )
}
