import { IconCheck, IconChecks, IconEyeOff, IconRotate, IconUserSearch } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import {
  newCommandId,
  type OutputOf,
  send,
  useCommand,
  useCore,
  useCoreQuery,
} from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { dayColumn, moneyColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { MatchDialog } from './match-dialog.tsx'
import classes from './payments.module.css'
import { acceptSuggestion, SURE } from './suggestions.ts'

const { bank } = contract.billing
export type Line = OutputOf<typeof bank.lines>['lines'][number]
const SHOWN = 2000

/** Lines of bank statements: what each is likely for, and the keys that say so. */
export function BankLines() {
  const { t } = useTranslation()
  const core = useCore()
  const go = useGo()
  const may = useMay()
  const toasts = useToasts()
  const said = useSaidWithUndo()
  const { params } = useAddress()
  const account = params.get('account') ?? undefined
  const all = params.get('lines') === 'all'
  const query = useCoreQuery(bank.lines, {
    ...(account === undefined ? {} : { accountId: account }),
    ...(all ? {} : { states: ['open' as const] }),
    limit: SHOWN,
  })
  const ignore = useCommand(bank.ignore)
  const reopen = useCommand(bank.reopen)
  const [choosing, setChoosing] = useState<Line | null>(null)
  const [busy, setBusy] = useState(false)
  const lines = useMemo(() => query.data?.lines ?? [], [query.data])
  const sure = useMemo(
    () => lines.filter(line => line.state === 'open' && (line.suggestions[0]?.score ?? 0) >= SURE),
    [lines],
  )
  const accept = useCallback(
    async (line: Line) => {
      const [suggestion] = line.suggestions
      if (!suggestion) return
      const commandId = newCommandId()
      try {
        await acceptSuggestion((leaf, input) => send(core, leaf, input, commandId), line, suggestion)
        said(t('billing.bank.matched', { name: suggestion.customer }), commandId)
      } catch (error) {
        toasts.fail(error)
      }
    },
    [core, said, t, toasts],
  )
  const actions = useMemo(
    () => ({
      accept: defineAction<Line>(bank.match, {
        label: line => t('billing.bank.accept', { name: line.suggestions[0]?.customer ?? '' }),
        key: 'a',
        icon: IconCheck,
        when: line => may(bank.match) && line.state === 'open' && line.suggestions.length > 0,
        run: accept,
      }),
      choose: defineAction<Line>('ui.billing.bank.choose', {
        label: () => t('billing.bank.choose'),
        key: 'e',
        icon: IconUserSearch,
        when: line => may(bank.match) && line.state === 'open' && line.amount > 0n,
        run: setChoosing,
      }),
      ignore: defineAction<Line>(bank.ignore, {
        label: () => t('billing.bank.ignore'),
        key: 'x',
        icon: IconEyeOff,
        when: line => may(bank.ignore) && line.state === 'open',
        run: async line => {
          const commandId = newCommandId()
          await ignore.run({ lineId: line.id }, commandId)
          said(t('billing.bank.ignored'), commandId)
        },
      }),
      reopen: defineAction<Line>(bank.reopen, {
        label: () => t('billing.bank.reopen'),
        key: 'u',
        icon: IconRotate,
        when: line =>
          may(bank.reopen) && line.state !== 'open' && (line.state === 'ignored' || line.amount > 0n),
        run: async line => void (await reopen.run({ lineId: line.id })),
      }),
      payment: defineAction<Line>('ui.billing.bank.payment', {
        label: () => t('billing.bank.showPayment'),
        key: 'p',
        when: line => line.paymentId !== null,
        run: line => go(`/billing/payments?payment=${line.paymentId}`),
      }),
      acceptSure: defineAction('ui.billing.bank.acceptSure', {
        label: () => t('billing.bank.acceptSure', { count: sure.length }),
        key: 'shift+a',
        icon: IconChecks,
        when: () => may(bank.match) && sure.length > 0 && !busy,
        run: async () => {
          setBusy(true)
          let failed = 0
          // One command for each line: what was matched stays where one is refused.
          for (const line of sure) {
            const [suggestion] = line.suggestions
            if (!suggestion) continue
            const run: Parameters<typeof acceptSuggestion>[0] = (leaf, input) => send(core, leaf, input)
            await acceptSuggestion(run, line, suggestion).catch(() => failed++)
          }
          setBusy(false)
          toasts.show({
            text: t(failed === 0 ? 'billing.bank.acceptedAll' : 'billing.bank.acceptedSome', {
              count: sure.length - failed,
              failed,
            }),
          })
        },
      }),
    }),
    [t, may, accept, ignore, reopen, said, go, sure, busy, core, toasts],
  )
  useActions([bindAction(actions.acceptSure, undefined)])
  const rowActions = useCallback(
    (line: Line) => [
      bindAction(actions.accept, line),
      bindAction(actions.choose, line),
      bindAction(actions.ignore, line),
      bindAction(actions.reopen, line),
      bindAction(actions.payment, line),
    ],
    [actions],
  )
  const columns = useMemo(
    () => [
      dayColumn<Line>({
        ...{ id: 'bookedOn', header: t('billing.bank.bookedOn'), width: 120, pin: 'start' as const },
        value: line => line.bookedOn,
      }),
      moneyColumn<Line>({
        ...{ id: 'amount', header: t('billing.payments.amount'), alignPlaces: 3 },
        value: line => line.amount,
        currency: line => line.currency,
      }),
      textColumn<Line>({
        ...{ id: 'suggestion', header: t('billing.bank.likely'), width: 300 },
        value: line => line.suggestions[0]?.customer ?? null,
        render: line => <Likely line={line} />,
      }),
      textColumn<Line>({
        ...{ id: 'name', header: t('billing.bank.name'), width: 200 },
        value: line => line.name,
      }),
      textColumn<Line>({
        ...{ id: 'text', header: t('billing.bank.text'), width: 300 },
        value: line => line.text,
      }),
      statusColumn<Line>({
        ...{ id: 'state', header: t('billing.payments.stateName'), width: 120 },
        value: line => line.state,
        states: {
          open: { label: t('billing.bank.state.open'), tone: 'warning' },
          matched: { label: t('billing.bank.state.matched'), tone: 'ok' },
          ignored: { label: t('billing.bank.state.ignored'), tone: 'neutral' },
        },
      }),
      textColumn<Line>({
        ...{ id: 'iban', header: t('billing.bank.iban'), width: 220, hidden: true },
        value: line => line.iban,
      }),
      textColumn<Line>({
        ...{ id: 'reference', header: t('billing.payments.reference'), width: 180, hidden: true },
        value: line => line.reference,
      }),
    ],
    [t],
  )
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState rows={12} />
  if (query.data.count === 0 && !all)
    return <EmptyState title={t('billing.bank.none')} text={t('billing.bank.noneText')} />
  return (
    <>
      <DataGrid
        id="billing.bank.lines"
        label={t('billing.payments.part.bank')}
        columns={columns}
        rows={lines}
        rowKey={line => line.id}
        selectable={false}
        rowActions={rowActions}
        onOpen={line =>
          line.paymentId === null ? setChoosing(line) : go(`/billing/payments?payment=${line.paymentId}`)
        }
        toolbarStart={<ActionButton action={actions.acceptSure} context={undefined} />}
      />
      {choosing && choosing.state === 'open' && choosing.amount > 0n ? (
        <MatchDialog line={choosing} onClose={() => setChoosing(null)} />
      ) : null}
    </>
  )
}

/** What a line is likely for, how sure that is, and why. */
function Likely({ line }: { readonly line: Line }) {
  const { t } = useTranslation()
  const [best] = line.suggestions
  if (!best) return null
  const numbers = best.allocations.map(part => part.number).join(', ')
  const why = best.reasons.map(reason => t(`billing.bank.reason.${reason}`)).join(', ')
  return (
    <span className={classes.suggestion} title={why}>
      <span>
        {best.kind === 'payment' ? '' : `${t(`billing.bank.kind.${best.kind}`)}: `}
        {best.customer}
        {numbers === '' ? '' : ` · ${numbers}`}
      </span>
      <span className={classes.score}>{t('billing.bank.score', { score: best.score })}</span>
    </span>
  )
}
