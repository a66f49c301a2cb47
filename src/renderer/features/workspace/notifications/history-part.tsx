import { Select } from '@mantine/core'
import type { TFunction } from 'i18next'
import { useCallback, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { bindAction } from '#renderer/ui/actions/action.ts'
import {
  type GridColumn,
  instantColumn,
  numberColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Delivery, DeliveryState } from '#shared/contract/workspace/notifications.ts'
import { useDeliveryActions } from './delivery-actions.ts'
import { DeliveryPane } from './delivery-pane.tsx'
import { deliveryStates } from './notification-words.ts'

const { deliveries } = contract.workspace.notifications

const FILTERS = {
  all: undefined,
  open: ['waiting', 'held', 'sending'],
  troubled: ['failed', 'bounced', 'skipped'],
  arrived: ['sent'],
} as const satisfies Readonly<Record<string, readonly DeliveryState[] | undefined>>
type Filter = keyof typeof FILTERS

/** What went out, to whom, and what became of it. */
export function HistoryPart() {
  const { t } = useTranslation()
  const { params, setParams } = useAddress()
  const filter = (Object.keys(FILTERS) as Filter[]).find(one => one === params.get('state')) ?? 'all'
  const states = FILTERS[filter]
  const query = useCoreQuery(deliveries.list, { limit: 500, ...(states ? { states: [...states] } : {}) })
  const openId = params.get('delivery')
  const change = (next: Readonly<Record<string, string | null>>) => {
    const to = new URLSearchParams(params)
    for (const [name, value] of Object.entries(next)) value === null ? to.delete(name) : to.set(name, value)
    setParams(to)
  }
  const open = query.data?.deliveries.find(one => one.id === openId)
  const actions = useDeliveryActions()
  const rowActions = useCallback(
    (delivery: Delivery) => Object.values(actions).map(one => bindAction(one, delivery)),
    [actions],
  )
  const columns = useMemo(() => columnsOf(t), [t])
  return (
    <Split pane={open ? <DeliveryPane delivery={open} onClose={() => change({ delivery: null })} /> : null}>
      <DataGrid
        id="workspace.notifications.history"
        label={t('workspace.notifications.tab.history')}
        columns={columns}
        rows={query.data?.deliveries}
        rowKey={one => one.id}
        loading={query.isPending}
        error={query.error}
        onRetry={() => void query.refetch()}
        selectable={false}
        rowActions={rowActions}
        onOpen={one => change({ delivery: one.id })}
        onEscape={openId === null ? undefined : () => change({ delivery: null })}
        toolbarStart={
          <Select
            aria-label={t('workspace.notifications.history.filter')}
            value={filter}
            allowDeselect={false}
            data={(Object.keys(FILTERS) as Filter[]).map(one => ({
              value: one,
              label: t(`workspace.notifications.history.${one}`),
            }))}
            onChange={next => change({ state: next === 'all' ? null : next })}
          />
        }
        empty={
          <EmptyState
            title={t('workspace.notifications.history.empty')}
            text={t('workspace.notifications.history.emptyText')}
          />
        }
      />
    </Split>
  )
}

function columnsOf(t: TFunction): readonly GridColumn<Delivery>[] {
  return [
    statusColumn({
      id: 'state',
      header: t('workspace.notifications.history.state'),
      value: one => one.state,
      states: deliveryStates(t),
    }),
    textColumn({
      id: 'what',
      header: t('workspace.notifications.history.what'),
      value: one => one.title,
      width: 320,
    }),
    textColumn({
      id: 'to',
      header: t('workspace.notifications.history.to'),
      value: one => (one.channel === 'email' ? `${one.name} <${one.target}>` : one.name),
      width: 280,
    }),
    {
      id: 'channel',
      header: t('workspace.notifications.history.channel'),
      value: one => one.channel,
      text: one => t(`workspace.notifications.channelWord.${one.channel}`),
      render: one => t(`workspace.notifications.channelWord.${one.channel}`),
      width: 100,
      filter: 'choice',
      options: (['email', 'slack', 'webhook'] as const).map(value => ({
        value,
        label: t(`workspace.notifications.channelWord.${value}`),
      })),
    },
    numberColumn({
      id: 'attempts',
      header: t('workspace.notifications.history.attempts'),
      value: one => one.attempts,
      width: 70,
    }),
    instantColumn({
      id: 'created',
      header: t('workspace.notifications.history.created'),
      value: one => one.createdAt,
    }),
    instantColumn({
      id: 'next',
      header: t('workspace.notifications.history.next'),
      value: one => one.sentAt ?? (one.state === 'waiting' || one.state === 'held' ? one.notBefore : null),
    }),
  ]
}
