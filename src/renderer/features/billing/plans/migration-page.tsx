import { SegmentedControl } from '@mantine/core'
import { IconArrowLeft, IconArrowsExchange } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import {
  ask,
  coreQueryKey,
  newCommandId,
  type OutputOf,
  send,
  useCore,
  useCoreQuery,
} from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { isSelected, useSelection } from '#renderer/state/selection.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { moneyColumn, numberColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { MovedSubscription } from '#shared/contract/billing/migration.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { CUSTOMERS_PATH, PLANS_PATH } from '../paths.ts'
import { useBulk } from '../review/use-bulk.ts'

const { plan: leaf, subscription } = contract.billing
const WHENS = ['period-end', 'now'] as const
type When = (typeof WHENS)[number]
const GRID = 'billing.migration'

/** Who is on an earlier version of a plan, what each would pay on the newest, and moving them there. */
export function MigrationPage({ planId }: { readonly planId: string }) {
  const { t } = useTranslation()
  const plan = useCoreQuery(leaf.get, { planId })
  if (plan.data?.latest) return <Shown plan={plan.data} versionId={plan.data.latest.id} />
  return (
    <Page title={t('billing.pricing.migration.title')}>
      {plan.error ? <ErrorState centred error={plan.error} /> : <LoadingState />}
    </Page>
  )
}

/** All pages of the preview, one after the other. */
function usePreview(planVersionId: string) {
  const core = useCore()
  return useQuery({
    queryKey: [...coreQueryKey(leaf.migration, { planVersionId, after: null, limit: 200 }), 'all'],
    queryFn: async ({ signal }) => {
      const all: MovedSubscription[] = []
      let after: string | null = null
      for (;;) {
        const input = { planVersionId, after, limit: 200 }
        const page: OutputOf<typeof leaf.migration> = await ask(core, leaf.migration, input, signal)
        all.push(...page.subscriptions)
        if (!page.more) return all
        after = page.subscriptions.at(-1)!.subscriptionId
      }
    },
  })
}

function Shown({
  plan,
  versionId,
}: {
  readonly plan: OutputOf<typeof leaf.get>
  readonly versionId: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const go = useGo()
  const may = useMay()
  const core = useCore()
  const preview = usePreview(versionId)
  const { bulk, start } = useBulk<MovedSubscription>()
  const [when, setWhen] = useState<When>('period-end')
  const selection = useSelection(state => state.grids[GRID])
  const clear = useSelection(state => state.clear)
  const [asked, setAsked] = useState(false)
  const rows = preview.data ?? []
  const chosen = rows.filter(
    row => row.obstacle === null && selection !== undefined && isSelected(selection, row.subscriptionId),
  )
  const number = plan.latest!.number
  const running = bulk?.state === 'running'
  const actions = {
    back: defineAction('ui.billing.migration.back', {
      label: () => plan.name,
      key: 'b',
      icon: IconArrowLeft,
      run: () => go(`${PLANS_PATH}?plan=${plan.id}`),
    }),
    move: defineAction(subscription.change, {
      label: () => t('billing.pricing.migration.move', { count: chosen.length }),
      key: 'm',
      icon: IconArrowsExchange,
      when: () => chosen.length > 0 && !running && may(subscription.change),
      run: () => setAsked(true),
    }),
  }
  useActions(Object.values(actions).map(action => bindAction(action, undefined)))
  const move = async () => {
    setAsked(false)
    const now = BigInt(Date.now())
    await start('approve', chosen, async row => {
      const at = when === 'now' ? now : row.periodEnd
      const input = { subscriptionId: row.subscriptionId, planVersionId: versionId, at }
      await send(core, subscription.change, input, newCommandId())
    })
    clear(GRID)
    await preview.refetch()
  }
  const money = useCallback(
    (minor: bigint, currency: string) => {
      const { figure, code } = format.money(minor, currency)
      return `${figure} ${code}`
    },
    [format],
  )
  const columns = useMemo(
    () => [
      textColumn<MovedSubscription>({
        ...{ id: 'customer', header: t('billing.customers.name'), width: 220, pin: 'start' },
        value: row => row.customer,
      }),
      numberColumn<MovedSubscription>({
        ...{ id: 'from', header: t('billing.pricing.migration.from'), width: 110 },
        value: row => row.fromNumber,
      }),
      numberColumn<MovedSubscription>({
        ...{ id: 'seats', header: t('billing.pricing.migration.seats'), width: 80 },
        value: row => Number(row.quantity),
      }),
      moneyColumn<MovedSubscription>({
        ...{ id: 'before', header: t('billing.pricing.migration.before'), width: 140 },
        ...{ value: row => row.before, currency: row => row.currency },
      }),
      moneyColumn<MovedSubscription>({
        ...{ id: 'after', header: t('billing.pricing.migration.after'), width: 140 },
        ...{ value: row => row.after, currency: row => row.currency },
      }),
      moneyColumn<MovedSubscription>({
        ...{ id: 'change', header: t('billing.pricing.migration.change'), width: 140 },
        ...{ value: row => row.after - row.before, currency: row => row.currency },
      }),
      textColumn<MovedSubscription>({
        ...{ id: 'period', header: t('billing.pricing.migration.period'), width: 200 },
        value: row =>
          `${format.instant(row.period.from, 'day')} – ${format.instant(row.period.to - 1n, 'day')}`,
      }),
      textColumn<MovedSubscription>({
        ...{ id: 'obstacle', header: t('billing.pricing.migration.obstacle'), width: 220 },
        value: row => (row.obstacle === null ? '' : t(`billing.pricing.migration.obstacles.${row.obstacle}`)),
      }),
    ],
    [t, format],
  )
  return (
    <Page
      title={t('billing.pricing.migration.titleOf', { name: plan.name, number })}
      subtitle={preview.data ? t('billing.pricing.migration.count', { count: rows.length }) : undefined}
      answer={<Totals rows={chosen.length > 0 ? chosen : rows} chosen={chosen.length > 0} money={money} />}
      actions={
        <>
          <ActionButton action={actions.back} context={undefined} />
          <SegmentedControl
            aria-label={t('billing.pricing.migration.when')}
            data={WHENS.map(value => ({ value, label: t(`billing.pricing.migration.whens.${value}`) }))}
            value={when}
            onChange={value => setWhen(value as When)}
          />
          <ActionButton action={actions.move} context={undefined} primary loading={running} />
        </>
      }
      fill
    >
      {bulk ? (
        <p className={bulk.failed.length > 0 ? classes.refused : classes.facts} role="status">
          {t('billing.pricing.migration.progress', {
            done: bulk.done,
            total: bulk.total,
            failed: bulk.failed.length,
          })}
          {bulk.failed.length > 0 ? ` ${bulk.failed.map(one => one.item.customer).join(', ')}` : ''}
        </p>
      ) : null}
      {preview.error ? (
        <ErrorState centred error={preview.error} onRetry={() => void preview.refetch()} />
      ) : !preview.data ? (
        <LoadingState />
      ) : rows.length === 0 ? (
        <EmptyState
          centred
          title={t('billing.pricing.migration.none')}
          text={t('billing.pricing.migration.noneText', { number })}
        />
      ) : (
        <DataGrid
          id={GRID}
          label={t('billing.pricing.migration.title')}
          columns={columns}
          rows={rows}
          rowKey={row => row.subscriptionId}
          onOpen={row => go(`${CUSTOMERS_PATH}?customer=${row.customerId}`)}
        />
      )}
      <Confirm
        opened={asked}
        onClose={() => setAsked(false)}
        title={t('billing.pricing.migration.confirm', { count: chosen.length, number })}
        confirm={t('billing.pricing.migration.move', { count: chosen.length })}
        onConfirm={() => void move()}
      >
        <Totals rows={chosen} chosen money={money} />
        <p>{t(`billing.pricing.migration.confirmText.${when}`)}</p>
      </Confirm>
    </Page>
  )
}

/** What they pay and would pay together, by currency, and how many would pay more or less. */
function Totals({
  rows,
  chosen,
  money,
}: {
  readonly rows: readonly MovedSubscription[]
  readonly chosen: boolean
  readonly money: (minor: bigint, currency: string) => string
}) {
  const { t } = useTranslation()
  return [...Map.groupBy(rows, row => row.currency)].map(([currency, own]) => {
    const sum = (pick: (row: MovedSubscription) => bigint) => own.reduce((all, row) => all + pick(row), 0n)
    return (
      <div key={currency}>
        {t(chosen ? 'billing.pricing.migration.totalChosen' : 'billing.pricing.migration.total', {
          count: own.length,
          before: money(
            sum(row => row.before),
            currency,
          ),
          after: money(
            sum(row => row.after),
            currency,
          ),
          more: own.filter(row => row.after > row.before).length,
          less: own.filter(row => row.after < row.before).length,
        })}
      </div>
    )
  })
}
