import { IconPlus } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { type GridColumn, instantColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { Contract } from '#shared/contract/billing/contracts.ts'
import { contract as leaves } from '#shared/contract/index.ts'
import { ContractDialog } from './contract-dialog.tsx'
import { ContractPane } from './contract-pane.tsx'
import { DeedDialog } from './deed-dialog.tsx'
import { type Deed, useDeeds } from './use-deeds.ts'
import { agreedText, CONTRACTS_PATH, TONES } from './words.ts'

const { contract: leaf } = leaves.billing

/** What was agreed with single customers, and how far it is. */
export function ContractsPage() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const search = useListSearch('contract')
  const { params } = useAddress()
  const query = useCoreQuery(leaf.list, {})
  const [adding, setAdding] = useState(false)
  const [doing, setDoing] = useState<{ readonly deed: Deed; readonly contract: Contract } | null>(null)
  const open = useCallback((deed: Deed, contract: Contract) => setDoing({ deed, contract }), [])
  const deeds = useDeeds(open)
  const columns = useColumns()
  const add = useMemo(
    () =>
      defineAction(leaf.create, {
        label: () => t('billing.contracts.add'),
        key: 'n',
        icon: IconPlus,
        when: () => may(leaf.create),
        run: () => setAdding(true),
      }),
    [t, may],
  )
  useActions([bindAction(add, undefined)])
  const contracts = query.data?.contracts
  const shown = contracts?.find(one => one.id === params.get('contract')) ?? null
  return (
    <Page
      title={t('billing.contracts.title')}
      subtitle={contracts ? t('billing.contracts.count', { count: contracts.length }) : undefined}
      actions={<ActionButton action={add} context={undefined} primary />}
      fill
    >
      {query.error ? (
        <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
      ) : !contracts ? (
        <LoadingState />
      ) : contracts.length === 0 ? (
        <EmptyState
          centred
          title={t('billing.contracts.none')}
          text={t('billing.contracts.noneText')}
          actions={<ActionButton action={add} context={undefined} primary />}
        />
      ) : (
        <Split
          pane={
            shown ? <ContractPane key={shown.id} contract={shown} onClose={() => go(CONTRACTS_PATH)} /> : null
          }
        >
          <DataGrid
            id="billing.contracts"
            label={t('billing.contracts.title')}
            columns={columns}
            rows={contracts}
            rowKey={one => one.id}
            search={search}
            selectable={false}
            onOpen={one => go(`${CONTRACTS_PATH}?contract=${one.id}`)}
            onEscape={() => shown !== null && go(CONTRACTS_PATH)}
            rowActions={deeds.of}
          />
        </Split>
      )}
      {adding ? <ContractDialog contract={null} onClose={() => setAdding(false)} /> : null}
      {doing ? (
        <DeedDialog
          key={doing.deed}
          deed={doing.deed}
          contract={doing.contract}
          onClose={() => setDoing(null)}
        />
      ) : null}
    </Page>
  )
}

function useColumns(): readonly GridColumn<Contract>[] {
  const { t } = useTranslation()
  const format = useFormat()
  return useMemo(() => {
    const state = (standing: Contract['standing']) => ({
      label: t(`billing.contracts.states.${standing}`),
      tone: TONES[standing],
    })
    return [
      textColumn<Contract>({
        ...{ id: 'number', header: t('billing.contracts.number'), width: 130, pin: 'start' },
        value: one => one.number,
      }),
      textColumn<Contract>({
        ...{ id: 'customer', header: t('billing.contracts.customer'), width: 200 },
        value: one => one.customer,
      }),
      textColumn<Contract>({
        ...{ id: 'name', header: t('billing.contracts.name'), width: 200 },
        value: one => one.name,
      }),
      statusColumn<Contract>({
        ...{ id: 'state', header: t('billing.contracts.state'), width: 120 },
        value: one => one.standing,
        states: {
          draft: state('draft'),
          upcoming: state('upcoming'),
          active: state('active'),
          ended: state('ended'),
          terminated: state('terminated'),
        },
      }),
      instantColumn<Contract>({
        ...{ id: 'from', header: t('billing.contracts.from'), width: 120, detail: 'day' },
        zone: one => one.zone,
        value: one => one.from,
      }),
      instantColumn<Contract>({
        ...{ id: 'termEnds', header: t('billing.contracts.termEnds'), width: 120, detail: 'day' },
        zone: one => one.zone,
        value: one => one.terminatedAt ?? one.termEnds,
      }),
      instantColumn<Contract>({
        ...{ id: 'noticeBy', header: t('billing.contracts.noticeBy'), width: 120, detail: 'day' },
        zone: one => one.zone,
        value: one => one.noticeBy,
      }),
      textColumn<Contract>({
        ...{ id: 'agreed', header: t('billing.contracts.agreed'), width: 320 },
        value: one => agreedText(one, t, format),
      }),
      textColumn<Contract>({
        ...{ id: 'currency', header: t('billing.contracts.currency'), width: 90 },
        value: one => one.currency,
      }),
    ]
  }, [t, format])
}
