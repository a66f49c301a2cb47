import { type RefObject, useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, useCore } from '#renderer/app/core/hooks.ts'
import { useSelection } from '#renderer/state/selection.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { GridHandle } from '#renderer/ui/grid/grid-props.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import type { Asked } from './review-dialogs.tsx'
import { type Filter, GRID, type Row } from './types.ts'
import type { BulkKind, BulkRunner } from './use-bulk.ts'
import { seenLines } from './use-invoices.ts'
import { type Mark, type MarkKind, type Marks, needsDecision, undoMark, whatOf } from './use-marks.ts'

/** Most invoices that one step takes on: what the core lists at once. */
const MOST = 20_000

/** What the actions of the review lead to: a question first, one mark, or one command for each of many. */
export function useDeeds(input: {
  readonly grid: RefObject<GridHandle<Row> | null>
  readonly marks: Marks
  readonly runner: BulkRunner<Row>
  readonly month: string
  /** What «all that are clean» and «all that are approved» are taken from. */
  readonly scope: Filter
  /** Whether the scope is less than the month. */
  readonly narrowed: boolean
  /** How many rows are selected. */
  readonly selected: number
}) {
  const { grid, marks, runner, month, scope, narrowed, selected } = input
  const { t } = useTranslation()
  const core = useCore()
  const format = useFormat()
  const toasts = useToasts()
  const clearSelection = useSelection(store => store.clear)
  const [asked, setAsked] = useState<Asked | null>(null)

  const bulk = useCallback(
    async (kind: BulkKind, rows: readonly Row[], mark: Mark) => {
      clearSelection(GRID)
      const marked: { commandId: string; invoiceId: string; customer: string }[] = []
      const over = await runner.start(kind, rows, async row => {
        const commandId = await marks.apply(row, mark)
        marked.push({ commandId, invoiceId: row.id, customer: row.customer })
      })
      const counted = { count: over.done, formatted: format.integer(over.done) }
      const [first] = marked
      if (mark.kind === 'issue') marks.forget(new Set(marked.map(({ invoiceId }) => invoiceId)))
      else if (first) marks.remember({ kind: mark.kind, customer: first.customer, marks: marked })
      if (over.failed.length === 0) {
        if (over.done > 0) toasts.show({ text: t(`billing.review.bulk.${kind}Done`, counted) })
        if (over.requested > 0)
          toasts.show({
            tone: 'info',
            text: t('billing.review.bulk.requested', {
              count: over.requested,
              formatted: format.integer(over.requested),
            }),
          })
        runner.dismiss()
      }
      const at = grid.current?.at() ?? 0
      const next = await grid.current?.find(needsDecision, 0)
      if (next != null && next !== at) grid.current?.goTo(next)
    },
    [grid, clearSelection, runner, marks, format, t, toasts],
  )
  const undo = useCallback(async () => {
    const last = marks.takeUndo()
    if (!last) return
    const what = whatOf(last, t)
    const [only] = last.marks
    if (last.marks.length > 1) {
      const commandOf = new Map(last.marks.map(({ invoiceId, commandId }) => [invoiceId, commandId]))
      const { invoices: rows } = await ask(core, leaf.list, {
        filter: { period: month, search: '' },
        limit: MOST,
      })
      const over = await runner.start(
        'undo',
        rows.filter(({ id }) => commandOf.has(id)),
        async ({ id }) => {
          await undoMark(core, commandOf.get(id)!)
        },
      )
      if (over.failed.length === 0) {
        toasts.show({
          text: t('billing.review.bulk.undoDone', { count: over.done, formatted: format.integer(over.done) }),
        })
        runner.dismiss()
      }
      return
    }
    try {
      await undoMark(core, only!.commandId)
      toasts.show({
        name: 'billing.invoice.mark',
        text: t('billing.review.done.undone', { what }),
      })
      const at = await grid.current?.find(row => row.id === only!.invoiceId, 0)
      if (at != null) grid.current?.goTo(at)
    } catch (error) {
      toasts.fail(error)
    }
  }, [grid, marks, runner, core, month, toasts, t, format])

  const begin = useCallback(
    async (kind: MarkKind, row: Row) => {
      if (selected > 0 && (kind === 'approve' || kind === 'issue' || kind === 'hold' || kind === 'assign')) {
        const chosen = (await grid.current?.chosen()) ?? []
        const wanted = chosen.filter(({ state: one }) =>
          kind === 'issue' ? one === 'approved' : kind === 'assign' ? true : one === 'draft',
        )
        if (wanted.length === 0) toasts.show({ text: t('billing.review.dialog.nothing'), tone: 'warning' })
        else setAsked({ kind, rows: wanted, allOf: null, many: true })
      } else if (kind === 'hold' || kind === 'sendBack' || kind === 'assign' || kind === 'issue')
        setAsked({ kind, rows: [row], allOf: null, many: false, lines: seenLines(core.queries, row) })
      else await marks.mark(row, { kind })
    },
    [core, grid, selected, marks, t, toasts],
  )
  const askAll = useCallback(
    async (kind: 'approve' | 'issue') => {
      const only =
        kind === 'approve'
          ? { states: ['draft' as const], doubts: 'clean' as const }
          : { states: ['approved' as const] }
      const { invoices: rows } = await ask(core, leaf.list, {
        filter: { ...scope, ...only },
        limit: MOST,
      })
      if (rows.length === 0) toasts.show({ text: t('billing.review.dialog.nothing'), tone: 'warning' })
      else {
        const left =
          kind === 'approve'
            ? await ask(core, leaf.summary, { filter: { ...scope, states: ['draft'], doubts: 'doubtful' } })
            : null
        setAsked({ kind, rows, allOf: { month, narrowed, doubtful: left?.doubtful ?? 0 }, many: true })
      }
    },
    [core, month, scope, narrowed, t, toasts],
  )

  return { asked, setAsked, bulk, undo, begin, askAll }
}
