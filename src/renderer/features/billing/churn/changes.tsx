import { IconArrowLeft } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { type GridColumn, moneyColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { saveCsv } from '#renderer/ui/grid/save-csv.ts'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { MoveKind } from '#shared/contract/billing/churn.ts'
import { contract } from '#shared/contract/index.ts'
import { CUSTOMERS_PATH } from '../paths.ts'
import classes from '../quotas/quotas.module.css'

const leaf = contract.billing.churn.changes
type Change = OutputOf<typeof leaf>['changes'][number]
const CSV = ['csv'] as const
const EXPORT = saveCsv<Change>('recurring-revenue-changes')
const TONES: Readonly<Record<MoveKind, Tone>> = {
  new: 'ok',
  reactivation: 'ok',
  expansion: 'ok',
  contraction: 'warning',
  churn: 'critical',
}

/** Whose recurring revenue moved in a month: what its numbers are made of. Each opens the customer. */
export function Changes(props: {
  readonly month: string
  readonly currency: string
  /** Only one kind of moves, as the address says; all where it names none. */
  readonly kind: string | null
  /** Only what recurs on this plan. */
  readonly planId: string | null
  readonly onBack: () => void
}) {
  const { month, currency, planId, onBack } = props
  const { t } = useTranslation()
  const go = useGo()
  const format = useFormat()
  const kind = MoveKind.options.find(one => one === props.kind)
  const query = useCoreQuery(leaf, {
    ...{ month, currency },
    ...(kind ? { kinds: [kind] } : {}),
    ...(planId ? { planId } : {}),
  })
  const back = useMemo(
    () =>
      defineAction('ui.billing.churn.back', {
        label: () => t('billing.churn.back'),
        key: 'b',
        icon: IconArrowLeft,
        run: onBack,
      }),
    [t, onBack],
  )
  useActions([bindAction(back, undefined)])
  const columns = useMemo<readonly GridColumn<Change>[]>(() => {
    const money = (id: 'before' | 'after' | 'change') =>
      moneyColumn<Change>({
        ...{ id, header: t(`billing.churn.${id}`), currency: () => currency },
        value: row => row[id],
      })
    return [
      textColumn<Change>({
        ...{ id: 'customer', header: t('billing.churn.customer'), width: 260, pin: 'start' },
        value: row => row.customer,
      }),
      statusColumn<Change>({
        ...{ id: 'kind', header: t('billing.churn.kind'), width: 140 },
        value: row => row.kind,
        states: Object.fromEntries(
          MoveKind.options.map(one => [one, { label: t(`billing.churn.${one}`), tone: TONES[one] }]),
        ),
      }),
      money('before'),
      money('after'),
      money('change'),
      textColumn<Change>({
        ...{ id: 'plans', header: t('billing.churn.plans'), width: 320 },
        value: row => plansText(row),
      }),
    ]
  }, [t, currency])
  return (
    <div className={classes.filled}>
      <div className={classes.strip}>
        <ActionButton action={back} context={undefined} />
        <strong>
          {t('billing.churn.changes', { month: format.month(month) })}
          {kind ? `: ${t(`billing.churn.${kind}`)}` : ''}
        </strong>
        {query.data ? (
          <span className={classes.aside}>
            {t('billing.churn.changesCount', { count: query.data.changes.length })}
          </span>
        ) : null}
      </div>
      {query.error ? (
        <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <LoadingState />
      ) : query.data.changes.length === 0 ? (
        <EmptyState centred title={t('billing.churn.changesNone')} />
      ) : (
        <DataGrid
          id="billing.churn.changes"
          label={t('billing.churn.changes', { month: format.month(month) })}
          columns={columns}
          rows={query.data.changes}
          rowKey={row => row.customerId}
          selectable={false}
          exportFormats={CSV}
          onExport={EXPORT}
          onEscape={onBack}
          onOpen={row => go(`${CUSTOMERS_PATH}?customer=${row.customerId}`)}
        />
      )}
    </div>
  )
}

/** What somebody had and has: one text where it is the same. */
function plansText({ plansBefore, plansAfter }: Change): string {
  const [before, after] = [plansBefore.join(', '), plansAfter.join(', ')]
  return before === after ? before : `${before || '–'} → ${after || '–'}`
}
