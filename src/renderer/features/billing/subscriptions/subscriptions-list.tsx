import { SegmentedControl } from '@mantine/core'
import {
  IconArrowsExchange,
  IconPlayerPause,
  IconPlayerPlay,
  IconRefreshDot,
  IconRobot,
  IconRotateClockwise,
  IconUser,
  IconX,
} from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { moneyColumn, numberColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { InAll } from '../exchange/in-all.tsx'
import { CUSTOMERS_PATH } from '../paths.ts'
import { useStates } from '../words.ts'
import { AutomationDialog } from './automation-dialog.tsx'
import { isNarrowedTo, mrrByCurrency, NARROWED, narrowedOf, type SubscriptionLine } from './narrowed.ts'
import { subscriptionRoute } from './paths.ts'
import { saveLines } from './save-lines.ts'
import { shortInstant } from './timeline.tsx'

const { subscription: leaf, automation } = contract.billing

/** All subscriptions: in which state, what recurs of each, what is planned. */
export function SubscriptionsList() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const states = useStates()
  const toasts = useToasts()
  const now = BigInt(useNow())
  const { dateStyle } = useFormat()
  const { params, setParams } = useAddress()
  const query = useCoreQuery(leaf.overview, {})
  const sweep = useCommand(leaf.sweep)
  const [automating, setAutomating] = useState(false)
  const narrowed = narrowedOf(params.get('show'))
  const all = query.data?.subscriptions
  const rows = useMemo(() => all?.filter(line => isNarrowedTo(line, narrowed, now)), [all, narrowed, now])
  const running = useMemo(() => (all ?? []).filter(line => isNarrowedTo(line, 'running', now)), [all, now])
  const actions = useMemo(() => {
    const to = (ask: string) => (row: SubscriptionLine) => go(subscriptionRoute(row.id, ask))
    const over = (row: SubscriptionLine) => row.state === 'cancelled' || row.state === 'expired'
    return {
      automate: defineAction(automation.set, {
        label: () => t('billing.life.automation'),
        key: 'm',
        icon: IconRobot,
        when: () => may(automation.set),
        run: () => setAutomating(true),
      }),
      look: defineAction(leaf.sweep, {
        label: () => t('billing.life.look'),
        key: 'l',
        icon: IconRefreshDot,
        when: () => may(leaf.sweep),
        run: async () => {
          try {
            await sweep.run({})
            toasts.show({ text: t('billing.life.looking') })
          } catch (error) {
            toasts.fail(error)
          }
        },
      }),
      change: defineAction<SubscriptionLine>(leaf.change, {
        label: () => t('billing.subscription.change'),
        key: 'u',
        icon: IconArrowsExchange,
        when: row => !over(row) && may(leaf.change),
        run: to('change'),
      }),
      pause: defineAction<SubscriptionLine>(leaf.pause, {
        label: () => t('billing.subscription.pause'),
        key: 'p',
        icon: IconPlayerPause,
        when: row => ['active', 'past-due', 'unpaid'].includes(row.state) && may(leaf.pause),
        run: to('pause'),
      }),
      resume: defineAction<SubscriptionLine>(leaf.resume, {
        label: () => t('billing.subscription.resume'),
        key: 'r',
        icon: IconPlayerPlay,
        when: row => row.state === 'paused' && may(leaf.resume),
        run: to('resume'),
      }),
      cancel: defineAction<SubscriptionLine>(leaf.cancel, {
        label: () => t('billing.subscription.cancel'),
        key: 'x',
        icon: IconX,
        when: row => !over(row) && may(leaf.cancel),
        run: to('cancel'),
      }),
      reactivate: defineAction<SubscriptionLine>(leaf.reactivate, {
        label: () => t('billing.life.reactivate'),
        key: 'v',
        icon: IconRotateClockwise,
        when: row => row.endsAt !== null && may(leaf.reactivate),
        run: to('reactivate'),
      }),
      customer: defineAction<SubscriptionLine>('ui.billing.subscription.customer', {
        label: () => t('billing.life.customer'),
        key: 'o',
        icon: IconUser,
        run: row => go(`${CUSTOMERS_PATH}?customer=${row.customerId}`),
      }),
    }
  }, [t, go, may, sweep, toasts])
  useActions([bindAction(actions.automate, undefined), bindAction(actions.look, undefined)])
  const rowActions = useCallback(
    (row: SubscriptionLine) => {
      const { change, pause, resume, cancel, reactivate, customer } = actions
      return [change, pause, resume, cancel, reactivate, customer].map(action => bindAction(action, row))
    },
    [actions],
  )
  const columns = useMemo(() => {
    const day = (at: bigint | null, zone: string) => (at === null ? null : shortInstant(at, zone, dateStyle))
    return [
      textColumn<SubscriptionLine>({
        ...{ id: 'customer', header: t('billing.life.customer'), width: 220, pin: 'start' },
        value: row => row.customer,
      }),
      textColumn<SubscriptionLine>({
        ...{ id: 'plan', header: t('billing.customers.plan'), width: 170 },
        value: row => row.plan,
      }),
      statusColumn<SubscriptionLine>({
        ...{ id: 'state', header: t('billing.customers.state'), width: 130 },
        value: row => row.state,
        states,
      }),
      moneyColumn<SubscriptionLine>({
        ...{ id: 'mrr', header: t('billing.life.mrr'), hint: t('billing.life.mrrHint'), alignPlaces: 3 },
        value: row => row.mrr,
        currency: row => row.currency,
      }),
      textColumn<SubscriptionLine>({
        ...{ id: 'interval', header: t('billing.life.interval'), width: 100 },
        value: row => t(`billing.interval.${row.interval}`),
      }),
      numberColumn<SubscriptionLine>({
        ...{ id: 'seats', header: t('billing.subscription.seats'), width: 80 },
        value: row => row.seats,
      }),
      numberColumn<SubscriptionLine>({
        ...{ id: 'addOns', header: t('billing.life.addOns'), width: 90 },
        value: row => row.addOns,
      }),
      textColumn<SubscriptionLine>({
        ...{
          id: 'renewsAt',
          header: t('billing.life.renews'),
          width: 120,
          sortable: false,
          filter: undefined,
        },
        value: row => day(row.renewsAt, row.zone),
      }),
      textColumn<SubscriptionLine>({
        ...{ id: 'planned', header: t('billing.life.planned'), width: 240 },
        value: row => {
          if (row.planned)
            return `${t(`billing.life.kind.${row.planned.kind as 'terms'}`)}, ${day(row.planned.at, row.zone)}`
          if (row.endsAt !== null && row.endsAt > now)
            return `${t('billing.life.kind.cancel')}, ${day(row.endsAt, row.zone)}`
          return row.trialEndsAt === null
            ? null
            : t('billing.life.trialEnds', { day: day(row.trialEndsAt, row.zone) ?? '' })
        },
      }),
      textColumn<SubscriptionLine>({
        ...{ id: 'endsAt', header: t('billing.life.ends'), width: 120, hidden: true },
        value: row => day(row.endsAt, row.zone),
      }),
    ]
  }, [t, states, dateStyle, now])
  const sums = mrrByCurrency(running)
  const none = all?.length === 0
  return (
    <Page
      title={t('billing.life.title')}
      subtitle={
        all === undefined ? undefined : (
          <span>
            {t('billing.life.count', { count: running.length })}
            {sums.map(([currency, minor]) => (
              <span key={currency}>
                {' · '}
                {t('billing.life.mrr')} <Money minor={minor} currency={currency} />
              </span>
            ))}
          </span>
        )
      }
      actions={
        <>
          <ActionButton action={actions.look} context={undefined} />
          <ActionButton action={actions.automate} context={undefined} />
        </>
      }
      answer={
        <InAll
          what={t('billing.life.mrr')}
          amounts={sums.map(([currency, amount]) => ({ currency, amount }))}
        />
      }
      fill
    >
      {none ? (
        <EmptyState centred title={t('billing.life.none')} text={t('billing.life.noneText')} />
      ) : (
        <DataGrid
          id="billing.subscriptions"
          label={t('billing.life.title')}
          columns={columns}
          rows={rows}
          rowKey={row => row.id}
          loading={query.isPending}
          error={query.error}
          onRetry={() => void query.refetch()}
          selectable={false}
          rowActions={rowActions}
          onOpen={row => go(subscriptionRoute(row.id))}
          onExport={saveLines}
          exportFormats={['csv']}
          empty={<EmptyState title={t('billing.life.noneSuch')} text={t('billing.life.noneSuchText')} />}
          toolbarStart={
            <SegmentedControl
              size="xs"
              aria-label={t('billing.life.show')}
              value={narrowed}
              onChange={value => {
                const next = new URLSearchParams(params)
                if (value === 'running') next.delete('show')
                else next.set('show', value)
                setParams(next)
              }}
              data={NARROWED.map(value => ({
                value,
                label: `${t(`billing.life.narrowed.${value}`)} ${(all ?? []).filter(line => isNarrowedTo(line, value, now)).length}`,
              }))}
            />
          }
        />
      )}
      {automating ? <AutomationDialog customerId={null} onClose={() => setAutomating(false)} /> : null}
    </Page>
  )
}
