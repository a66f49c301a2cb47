import { IconBuildingBank } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { dayColumn, moneyColumn, numberColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { DebitRun } from '#shared/contract/billing/sepa.ts'
import { contract } from '#shared/contract/index.ts'
import { CollectDialog } from './collect-dialog.tsx'
import { DebitPane } from './debit-pane.tsx'
import { useDebitStates } from './states.ts'

const { debit: leaf } = contract.billing

/** Files of direct debits, the newest first, beside the one that is looked at. */
export function DebitsPart({ shown }: { readonly shown: string | null }) {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const states = useDebitStates()
  const query = useCoreQuery(leaf.list, {})
  const [collecting, setCollecting] = useState(false)
  const collect = useMemo(
    () =>
      defineAction(leaf.create, {
        label: () => t('billing.sepa.newRun'),
        key: 'l',
        icon: IconBuildingBank,
        when: () => may(leaf.create),
        run: () => setCollecting(true),
      }),
    [t, may],
  )
  useActions([bindAction(collect, undefined)])
  const columns = useMemo(
    () => [
      dayColumn<DebitRun>({
        ...{ id: 'collectOn', header: t('billing.sepa.collectOn'), width: 130, pin: 'start' as const },
        value: row => row.collectOn,
      }),
      textColumn<DebitRun>({
        ...{ id: 'account', header: t('billing.sepa.account'), width: 200 },
        value: row => row.account,
      }),
      statusColumn<DebitRun>({
        ...{ id: 'state', header: t('billing.sepa.stateName'), states },
        value: row => row.state,
      }),
      numberColumn<DebitRun>({
        ...{ id: 'count', header: t('billing.sepa.count'), width: 100 },
        value: row => row.count,
      }),
      ...(['amount', 'collected', 'returned'] as const).map(id =>
        moneyColumn<DebitRun>({
          ...{ id, header: t(`billing.sepa.${id}`), alignPlaces: 2 },
          value: row => row[id],
          currency: () => 'EUR',
        }),
      ),
      textColumn<DebitRun>({
        ...{ id: 'fileName', header: t('billing.sepa.fileName'), width: 280 },
        value: row => row.fileName,
      }),
    ],
    [t, states],
  )
  const runs = query.data?.runs
  return (
    <>
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !runs ? (
        <LoadingState rows={8} />
      ) : runs.length === 0 ? (
        <EmptyState
          title={t('billing.sepa.none')}
          text={t('billing.sepa.noneText')}
          actions={<ActionButton action={collect} context={undefined} />}
        />
      ) : (
        <Split pane={shown ? <DebitPane key={shown} runId={shown} /> : null}>
          <DataGrid
            id="billing.debits"
            label={t('billing.sepa.title')}
            columns={columns}
            rows={runs}
            rowKey={row => row.id}
            selectable={false}
            toolbarStart={<ActionButton action={collect} context={undefined} />}
            onEscape={() => shown !== null && go('/billing/payments?view=debits')}
            onOpen={row => go(`/billing/payments?debit=${row.id}`)}
          />
        </Split>
      )}
      {collecting ? <CollectDialog onClose={() => setCollecting(false)} /> : null}
    </>
  )
}
