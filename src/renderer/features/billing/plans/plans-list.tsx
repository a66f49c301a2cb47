import { IconPencil, IconPlus, IconSparkles, IconVersions } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { numberColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { PLANS_PATH } from '../paths.ts'
import type { PlanShown } from '../words.ts'
import { PlanDialog } from './plan-dialog.tsx'

const { plan: leaf } = contract.billing

/** What is sold: every plan with its newest version. */
export function PlansList() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const toasts = useToasts()
  const { currency } = useSession().workspace
  const search = useListSearch('plan')
  const query = useCoreQuery(leaf.list, {})
  const defaults = useCommand(leaf.initializeDefaults)
  const [edited, setEdited] = useState<PlanShown | 'new' | null>(null)
  const plans = query.data?.plans ?? []
  const nothing = query.data !== undefined && plans.length === 0
  const actions = useMemo(
    () => ({
      add: defineAction(leaf.create, {
        label: () => t('billing.plans.add'),
        key: 'n',
        icon: IconPlus,
        when: () => may(leaf.create),
        run: () => setEdited('new'),
      }),
      defaults: defineAction(leaf.initializeDefaults, {
        label: () => t('billing.plans.defaults'),
        key: 'd',
        icon: IconSparkles,
        when: () => nothing && may(leaf.initializeDefaults),
        run: async () => {
          await defaults.run({ currency })
          toasts.show({ text: t('billing.plans.defaultsDone') })
        },
      }),
      edit: defineAction<PlanShown>(leaf.edit, {
        label: () => t('billing.plans.edit'),
        key: 'e',
        icon: IconPencil,
        when: () => may(leaf.edit),
        run: setEdited,
      }),
      version: defineAction<PlanShown>(leaf.addVersion, {
        label: () => t('billing.plans.newVersion'),
        key: 'v',
        icon: IconVersions,
        when: () => may(leaf.addVersion),
        run: plan => go(`${PLANS_PATH}?plan=${plan.id}&edit=1`),
      }),
    }),
    [t, may, nothing, defaults, toasts, go, currency],
  )
  useActions([bindAction(actions.add, undefined), bindAction(actions.defaults, undefined)])
  const rowActions = useCallback(
    (plan: PlanShown) => [bindAction(actions.version, plan), bindAction(actions.edit, plan)],
    [actions],
  )
  const columns = useMemo(
    () => [
      textColumn<PlanShown>({
        ...{ id: 'name', header: t('billing.plans.name'), width: 200, pin: 'start' },
        value: plan => plan.name,
      }),
      textColumn<PlanShown>({
        ...{ id: 'description', header: t('billing.plans.description'), width: 260 },
        value: plan => plan.description,
      }),
      statusColumn<PlanShown>({
        ...{ id: 'state', header: t('billing.plans.state') },
        value: plan => (plan.active ? 'active' : 'inactive'),
        states: {
          active: { label: t('billing.plans.active'), tone: 'ok' },
          inactive: { label: t('billing.plans.inactive'), tone: 'neutral' },
        },
      }),
      numberColumn<PlanShown>({
        ...{ id: 'subscriptions', header: t('billing.plans.subscribed'), width: 124 },
        value: plan => plan.subscriptions,
      }),
      numberColumn<PlanShown>({
        ...{ id: 'version', header: t('billing.plans.version'), width: 90 },
        value: plan => plan.latest?.number ?? null,
      }),
      textColumn<PlanShown>({
        ...{ id: 'interval', header: t('billing.plans.interval'), width: 110 },
        value: plan => (plan.latest ? t(`billing.interval.${plan.latest.interval}`) : ''),
      }),
      numberColumn<PlanShown>({
        ...{ id: 'prices', header: t('billing.plans.prices'), width: 80 },
        value: plan => plan.latest?.prices.length ?? 0,
      }),
      textColumn<PlanShown>({
        ...{ id: 'currencies', header: t('billing.plans.currencies'), width: 110 },
        value: plan => [...new Set(plan.latest?.prices.map(price => price.currency))].sort().join(', '),
      }),
      textColumn<PlanShown>({
        ...{ id: 'key', header: t('billing.plans.key'), width: 140 },
        value: plan => plan.key,
      }),
    ],
    [t],
  )
  return (
    <Page
      title={t('billing.screen.plans')}
      subtitle={query.data ? t('billing.plans.count', { count: plans.length }) : undefined}
      actions={nothing ? undefined : <ActionButton action={actions.add} context={undefined} primary />}
      fill
    >
      {query.error ? (
        <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <LoadingState />
      ) : nothing ? (
        <EmptyState
          centred
          title={t('billing.plans.none')}
          text={t('billing.plans.noneText')}
          actions={
            <>
              <ActionButton
                action={actions.defaults}
                context={undefined}
                primary
                loading={defaults.running}
              />
              <ActionButton action={actions.add} context={undefined} />
            </>
          }
        />
      ) : (
        <DataGrid
          id="billing.plans"
          label={t('billing.screen.plans')}
          columns={columns}
          rows={plans}
          rowKey={plan => plan.id}
          search={search}
          selectable={false}
          rowActions={rowActions}
          onOpen={plan => go(`${PLANS_PATH}?plan=${plan.id}`)}
        />
      )}
      {edited ? (
        <PlanDialog
          plan={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
          onAdded={id => go(`${PLANS_PATH}?plan=${id}`)}
        />
      ) : null}
    </Page>
  )
}
