import { IconArchive, IconArchiveOff, IconPencil, IconPlus } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import {
  type GridColumn,
  instantColumn,
  numberColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { Coupon } from '#shared/contract/billing/coupons.ts'
import { contract } from '#shared/contract/index.ts'
import { CouponDialog } from './coupon-dialog.tsx'
import { CouponPane } from './coupon-pane.tsx'
import { monthsText, offeredAt, offText } from './words.ts'

const { coupon: leaf } = contract.billing
const PATH = '/billing/coupons'

/** What is given off, to whom, and what it came to. */
export function CouponsPage() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const said = useSaidWithUndo()
  const search = useListSearch('coupon')
  const { params } = useAddress()
  const query = useCoreQuery(leaf.list, {})
  const { run } = useCommand(leaf.setArchived)
  const [edited, setEdited] = useState<Coupon | 'new' | null>(null)
  const columns = useColumns()
  const actions = useMemo(() => {
    const to = (archived: boolean) => async (coupon: Coupon) => {
      const commandId = newCommandId()
      await run({ couponId: coupon.id, archived }, commandId)
      said(
        t(archived ? 'billing.coupons.archived' : 'billing.coupons.unarchived', { code: coupon.code }),
        commandId,
      )
    }
    return {
      add: defineAction(leaf.create, {
        label: () => t('billing.coupons.add'),
        key: 'n',
        icon: IconPlus,
        when: () => may(leaf.create),
        run: () => setEdited('new'),
      }),
      edit: defineAction<Coupon>(leaf.edit, {
        label: () => t('billing.coupons.edit'),
        key: 'e',
        icon: IconPencil,
        when: () => may(leaf.edit),
        run: setEdited,
      }),
      archive: defineAction<Coupon>(leaf.setArchived, {
        label: () => t('billing.coupons.archive'),
        key: 'x',
        icon: IconArchive,
        when: coupon => coupon.archivedAt === null && may(leaf.setArchived),
        run: to(true),
      }),
      unarchive: defineAction<Coupon>('ui.billing.coupons.unarchive', {
        label: () => t('billing.coupons.unarchive'),
        key: 'u',
        icon: IconArchiveOff,
        when: coupon => coupon.archivedAt !== null && may(leaf.setArchived),
        run: to(false),
      }),
    }
  }, [t, may, run, said])
  useActions([bindAction(actions.add, undefined)])
  const coupons = query.data?.coupons
  const shown = coupons?.find(coupon => coupon.id === params.get('coupon')) ?? null
  return (
    <Page
      title={t('billing.coupons.title')}
      subtitle={coupons ? t('billing.coupons.count', { count: coupons.length }) : undefined}
      actions={<ActionButton action={actions.add} context={undefined} primary />}
      fill
    >
      {query.error ? (
        <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
      ) : !coupons ? (
        <LoadingState />
      ) : coupons.length === 0 ? (
        <EmptyState
          centred
          title={t('billing.coupons.none')}
          text={t('billing.coupons.noneText')}
          actions={<ActionButton action={actions.add} context={undefined} primary />}
        />
      ) : (
        <Split pane={shown ? <CouponPane key={shown.id} coupon={shown} onClose={() => go(PATH)} /> : null}>
          <DataGrid
            id="billing.coupons"
            label={t('billing.coupons.title')}
            columns={columns}
            rows={coupons}
            rowKey={coupon => coupon.id}
            search={search}
            selectable={false}
            onOpen={coupon => go(`${PATH}?coupon=${coupon.id}`)}
            onEscape={() => shown !== null && go(PATH)}
            rowActions={coupon => [
              bindAction(actions.edit, coupon),
              bindAction(actions.archive, coupon),
              bindAction(actions.unarchive, coupon),
            ]}
          />
        </Split>
      )}
      {edited ? (
        <CouponDialog coupon={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      ) : null}
    </Page>
  )
}

function useColumns(): readonly GridColumn<Coupon>[] {
  const { t } = useTranslation()
  const format = useFormat()
  const now = BigInt(useNow())
  const names = useNames()
  return useMemo(
    () => [
      textColumn<Coupon>({
        ...{ id: 'code', header: t('billing.coupons.code'), width: 150, pin: 'start' },
        value: coupon => coupon.code,
      }),
      textColumn<Coupon>({
        ...{ id: 'name', header: t('billing.coupons.name'), width: 200 },
        value: coupon => coupon.name,
      }),
      textColumn<Coupon>({
        ...{ id: 'off', header: t('billing.coupons.off'), width: 180 },
        value: coupon => offText(coupon.off, t, format),
      }),
      textColumn<Coupon>({
        ...{ id: 'months', header: t('billing.coupons.duration'), width: 150 },
        value: coupon => monthsText(coupon.months, t),
      }),
      statusColumn<Coupon>({
        ...{ id: 'state', header: t('billing.coupons.state'), width: 110 },
        value: coupon => offeredAt(coupon, now),
        states: {
          offered: { label: t('billing.coupons.states.offered'), tone: 'ok' },
          later: { label: t('billing.coupons.states.later'), tone: 'info' },
          over: { label: t('billing.coupons.states.over'), tone: 'neutral' },
          archived: { label: t('billing.coupons.states.archived'), tone: 'neutral' },
        },
      }),
      numberColumn<Coupon>({
        ...{ id: 'active', header: t('billing.coupons.active'), width: 90 },
        value: coupon => coupon.active,
      }),
      numberColumn<Coupon>({
        ...{ id: 'redeemed', header: t('billing.coupons.redeemed'), width: 110 },
        value: coupon => coupon.redeemed,
      }),
      textColumn<Coupon>({
        ...{ id: 'only', header: t('billing.coupons.only'), width: 180 },
        value: ({ planIds, metricIds, oneOffs }) =>
          [...(metricIds ?? []), ...(planIds ?? [])].map(id => names.get(id) ?? id).join(', ') ||
          t(oneOffs ? 'billing.coupons.withOneOffs' : 'billing.coupons.everything'),
      }),
      instantColumn<Coupon>({
        ...{ id: 'validUntil', header: t('billing.coupons.validUntil'), width: 130, detail: 'day' },
        value: coupon => coupon.validUntil,
      }),
    ],
    [t, format, now, names],
  )
}

/** The names of plans and metrics. */
function useNames(): ReadonlyMap<string, string> {
  const plans = useCoreQuery(contract.billing.plan.list, {})
  const metrics = useCoreQuery(contract.billing.metric.list, {})
  return useMemo(
    () =>
      new Map(
        [...(plans.data?.plans ?? []), ...(metrics.data?.metrics ?? [])].map(
          one => [one.id, one.name] as const,
        ),
      ),
    [plans.data, metrics.data],
  )
}
