import { IconPencil, IconPlus } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { instantColumn, numberColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { CampaignEditor } from './campaign-editor.tsx'

const { dunning } = contract.billing
type Campaign = OutputOf<typeof dunning.campaigns>['campaigns'][number]
const PATH = '/billing/dunning?show=campaigns'

/** Campaigns by rank: the first that fits an invoice holds. */
export function Campaigns() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const { params } = useAddress()
  const edited = params.get('campaign')
  const { data, error, refetch } = useCoreQuery(dunning.campaigns, {})
  const actions = useMemo(
    () => ({
      add: defineAction(dunning.save, {
        label: () => t('billing.dunning.addCampaign'),
        key: 'n',
        icon: IconPlus,
        when: () => may(dunning.save),
        run: () => go(`${PATH}&campaign=new`),
      }),
      edit: defineAction<Campaign>('ui.billing.dunning.edit', {
        label: () => t('billing.dunning.editCampaign'),
        key: 'e',
        icon: IconPencil,
        run: one => go(`${PATH}&campaign=${one.id}`),
      }),
    }),
    [t, may, go],
  )
  useActions(edited ? [] : [bindAction(actions.add, undefined)])
  const columns = useMemo(
    () => [
      numberColumn<Campaign>({
        ...{ id: 'rank', header: t('billing.dunning.rank'), width: 80 },
        value: one => one.rank,
      }),
      textColumn<Campaign>({
        ...{ id: 'name', header: t('billing.dunning.name'), width: 200 },
        value: one => one.name,
      }),
      statusColumn<Campaign>({
        ...{ id: 'active', header: t('billing.dunning.stateName'), width: 110 },
        value: one => (one.active ? 'on' : 'off'),
        states: {
          on: { label: t('billing.dunning.on'), tone: 'ok' },
          off: { label: t('billing.dunning.off'), tone: 'neutral' },
        },
      }),
      numberColumn<Campaign>({
        ...{ id: 'steps', header: t('billing.dunning.stepCount'), width: 90 },
        value: one => one.terms.steps.length,
      }),
      textColumn<Campaign>({
        ...{ id: 'final', header: t('billing.dunning.final'), width: 240 },
        value: one =>
          one.terms.final.action === 'leave'
            ? t('billing.dunning.action.leave')
            : `${t(`billing.dunning.action.${one.terms.final.action}`)}, ${t('billing.dunning.afterDays.due', { count: one.terms.final.days })}`,
      }),
      numberColumn<Campaign>({
        ...{ id: 'version', header: t('billing.dunning.version'), width: 90 },
        value: one => one.version,
      }),
      instantColumn<Campaign>({
        ...{ id: 'changedAt', header: t('billing.dunning.changedAt'), width: 150 },
        value: one => one.changedAt,
      }),
      textColumn<Campaign>({
        ...{ id: 'changedBy', header: t('billing.dunning.changedBy'), width: 160 },
        value: one => one.changedBy,
      }),
    ],
    [t],
  )
  if (error) return <ErrorState centred error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingState />
  const before = data.campaigns.find(one => one.id === edited)
  if (before || edited === 'new')
    return <CampaignEditor key={edited} before={before ?? null} onDone={() => go(PATH)} />
  if (data.campaigns.length === 0)
    return (
      <EmptyState
        centred
        title={t('billing.dunning.noCampaigns')}
        text={t('billing.dunning.noCampaignsText')}
        actions={<ActionButton action={actions.add} context={undefined} primary />}
      />
    )
  return (
    <DataGrid
      id="billing.dunning.campaigns"
      label={t('billing.dunning.part.campaigns')}
      columns={columns}
      rows={data.campaigns}
      rowKey={one => one.id}
      selectable={false}
      rowActions={one => [bindAction(actions.edit, one)]}
      onOpen={one => go(`${PATH}&campaign=${one.id}`)}
      toolbarStart={<ActionButton action={actions.add} context={undefined} />}
    />
  )
}
