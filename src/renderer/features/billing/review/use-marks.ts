import type { TFunction } from 'i18next'
import { type RefObject, useCallback, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, newCommandId, send, useCore } from '#renderer/app/core/hooks.ts'
import { useSession } from '#renderer/app/shell/session.ts'
import type { GridHandle } from '#renderer/ui/grid/grid-props.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import { contract } from '#shared/contract/index.ts'
import type { Seen } from './changes.ts'
import type { Full, Row } from './types.ts'
import { putRow, seenLines } from './use-invoices.ts'

export type MarkKind = 'approve' | 'hold' | 'release' | 'unapprove' | 'sendBack' | 'assign' | 'issue'

/** What somebody wants done to an invoice. */
export type Mark =
  | { readonly kind: 'approve' | 'release' | 'unapprove' | 'issue' }
  | { readonly kind: 'hold' | 'sendBack'; readonly note: string }
  | { readonly kind: 'assign'; readonly personId: string | null }

/** An invoice that was not what the person saw when they approved or issued it. */
export interface Conflict {
  readonly kind: 'approve' | 'issue'
  readonly seen: Seen
  readonly now: Full
}

/** What was marked here and can be undone, the latest last. */
export interface Done {
  readonly kind: Exclude<MarkKind, 'issue'>
  /** Whose invoice, where it is one. */
  readonly customer: string
  readonly marks: readonly { readonly commandId: string; readonly invoiceId: string }[]
}

export interface Marks {
  /**
   * Marks one invoice, goes on to the next that needs a decision, and says what was done. Where a question was
   * asked first, `lines` are those that were shown when it was asked.
   */
  readonly mark: (row: Row, mark: Mark, lines?: Full['lineItems']) => Promise<void>
  /** Sends one mark, without words; what many at once are made of. Gives the command's id. */
  readonly apply: (row: Row, mark: Mark) => Promise<string>
  readonly remember: (done: Done) => void
  /** These are issued: nothing of them can be taken back any more. */
  readonly forget: (invoiceIds: ReadonlySet<string>) => void
  /** What `undo` would take back, in words. */
  readonly undoable: string | null
  /** Takes back the latest mark; null where there is none. */
  readonly takeUndo: () => Done | null
  readonly conflict: Conflict | null
  readonly settleConflict: () => void
}

/** After these the next invoice that needs a decision is looked for. */
const MOVES_ON: ReadonlySet<MarkKind> = new Set(['approve', 'hold', 'sendBack'])

/** Whether somebody still has to decide about an invoice. */
export function needsDecision(row: Row): boolean {
  return row.state === 'draft'
}

/** The marks of the review: approve, hold, send back, assign, issue and what takes them back. */
export function useMarks(grid: RefObject<GridHandle<Row> | null>): Marks {
  const core = useCore()
  const toasts = useToasts()
  const { t } = useTranslation()
  const { people } = useSession()
  const [done, setDone] = useState<readonly Done[]>([])
  const [conflict, setConflict] = useState<Conflict | null>(null)
  const latest = useRef(done)
  latest.current = done

  const apply = useCallback(
    async (row: Row, mark: Mark) => {
      const commandId = newCommandId()
      const changed = await sendMark(core, row, mark, commandId)
      putRow(core.queries, changed)
      return commandId
    },
    [core],
  )
  const remember = useCallback((one: Done) => setDone(before => [...before.slice(-49), one]), [])
  const forget = useCallback(
    (invoiceIds: ReadonlySet<string>) => setDone(before => withoutIssued(before, invoiceIds)),
    [],
  )
  const mark = useCallback<Marks['mark']>(
    async (row, wanted, lines) => {
      const { kind } = wanted
      const { customer } = row
      const commandId = newCommandId()
      try {
        const changed = await sendMark(core, row, wanted, commandId)
        putRow(core.queries, changed)
        if (kind === 'issue') forget(new Set([row.id]))
        else remember({ kind, customer, marks: [{ commandId, invoiceId: row.id }] })
        const person =
          wanted.kind === 'assign' ? people.find(({ id }) => id === wanted.personId)?.name : undefined
        const undo = async () => {
          setDone(before => before.filter(one => one.marks[0]?.commandId !== commandId))
          await undoMark(core, commandId).catch(error => toasts.fail(error))
        }
        toasts.show({
          name: 'billing.invoice.mark',
          action: kind === 'issue' ? undefined : { label: t('ui.toast.undo'), run: () => void undo() },
          text:
            kind === 'assign'
              ? person === undefined
                ? t('billing.review.done.assignNobody', { customer })
                : t('billing.review.done.assign', { customer, person })
              : t(`billing.review.done.${kind}`, { customer, number: changed.number ?? '' }),
        })
        if (MOVES_ON.has(kind) && !(await moveOn(grid.current, row.id)))
          toasts.show({
            name: 'billing.invoice.decided',
            text: t('billing.review.done.allDecided'),
            tone: 'info',
          })
      } catch (error) {
        const about = refusedAs(error)
        if (about === null) return toasts.fail(error)
        const seen = { ...row, lineItems: lines ?? seenLines(core.queries, row) }
        const now = await ask(core, leaf.get, { invoiceId: row.id }).catch(() => null)
        if (now === null) return toasts.fail(error)
        if (about === 'changed' && (kind === 'approve' || kind === 'issue'))
          return setConflict({ kind, seen, now })
        // Somebody else was faster: the list shows at once what they made of it.
        putRow(core.queries, now)
        toasts.show({
          name: 'billing.invoice.mark',
          tone: 'warning',
          text: othersWords(now, people, t),
        })
      }
    },
    [core, grid, people, remember, forget, t, toasts],
  )
  const takeUndo = useCallback(() => {
    const last = latest.current.at(-1) ?? null
    if (last) setDone(before => before.slice(0, -1))
    return last
  }, [])
  const settleConflict = useCallback(() => setConflict(null), [])
  const last = done.at(-1)
  const undoable = last ? whatOf(last, t) : null
  return useMemo(
    () => ({ mark, apply, remember, forget, undoable, takeUndo, conflict, settleConflict }),
    [mark, apply, remember, forget, undoable, takeUndo, conflict, settleConflict],
  )
}

/** What was done, without the marks of invoices that are issued by now. */
export function withoutIssued(done: readonly Done[], issued: ReadonlySet<string>): readonly Done[] {
  return done
    .map(one => ({ ...one, marks: one.marks.filter(({ invoiceId }) => !issued.has(invoiceId)) }))
    .filter(({ marks }) => marks.length > 0)
}

/** A mark as a thing that can be undone: `approval of Acme`, `approval of 52 invoices`. */
export function whatOf({ kind, customer, marks }: Done, t: TFunction): string {
  if (marks.length > 1 && (kind === 'approve' || kind === 'hold' || kind === 'assign'))
    return t(`billing.review.what.${kind}Many`, { count: marks.length, formatted: String(marks.length) })
  return t(`billing.review.what.${kind}`, { customer })
}

/** Undoes the command of an earlier mark. */
export function undoMark(core: Parameters<typeof send>[0], commandId: string): Promise<unknown> {
  return send(core, contract.workspace.log.undo, { commandId })
}

function sendMark(core: Parameters<typeof send>[0], row: Row, mark: Mark, commandId: string): Promise<Row> {
  const { id: invoiceId, digest } = row
  switch (mark.kind) {
    case 'approve':
      return send(core, leaf.approve, { invoiceId, digest }, commandId)
    case 'issue':
      return send(core, leaf.issue, { invoiceId, digest }, commandId)
    case 'unapprove':
      return send(core, leaf.unapprove, { invoiceId }, commandId)
    case 'release':
      return send(core, leaf.release, { invoiceId }, commandId)
    case 'hold':
      return send(core, leaf.hold, { invoiceId, note: mark.note }, commandId)
    case 'sendBack':
      return send(core, leaf.sendBack, { invoiceId, comment: mark.note }, commandId)
    case 'assign':
      return send(core, leaf.assign, { invoiceId, personId: mark.personId }, commandId)
  }
}

/** Whether a mark was refused for what became of the invoice meanwhile: its lines, or its state. */
export function refusedAs(error: unknown): 'changed' | 'state' | null {
  const code = (error as { code?: unknown } | null)?.code
  return code === 'BILLING_INVOICE_CHANGED' ? 'changed' : code === 'BILLING_INVOICE_STATE' ? 'state' : null
}

/** What somebody else made of an invoice, and who: «Acme is approved by now, by Grace Hopper. Nothing was done.» */
export function othersWords(
  now: Pick<Full, 'customer' | 'state' | 'history'>,
  people: readonly { readonly id: string; readonly name: string }[],
  t: TFunction,
): string {
  const by = people.find(({ id }) => id === now.history.at(-1)?.by)?.name
  const state = t(`billing.review.state.${now.state}`).toLowerCase()
  const { customer } = now
  return by === undefined
    ? t('billing.review.conflict.state', { customer, state })
    : t('billing.review.conflict.stateBy', { customer, state, by })
}

/** Puts the cursor on the next invoice that needs a decision, from the top again at the end. */
export async function moveOn(grid: GridHandle<Row> | null, from: string): Promise<boolean> {
  if (!grid) return true
  const wanted = (row: Row) => needsDecision(row) && row.id !== from
  const at = grid.at()
  const next = (await grid.find(wanted, at + 1)) ?? (await grid.find(wanted, 0, at))
  if (next !== null) grid.goTo(next)
  return next !== null
}
