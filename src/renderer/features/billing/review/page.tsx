import { Button } from '@mantine/core'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { SaveViewDialog, ViewsMenu } from '#renderer/app/views/views-menu.tsx'
import { NOTHING_SELECTED, selectedCount, useSelection } from '#renderer/state/selection.ts'
import { bindAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { minorDigits } from '#renderer/ui/format/money.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { GridHandle } from '#renderer/ui/grid/grid-props.ts'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { useCopy, useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState } from '#renderer/ui/page/states.tsx'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import { MonthPicker } from '../month-picker.tsx'
import { NO_FILTER } from './address.ts'
import { BulkStrip } from './bulk-strip.tsx'
import { ConflictNotice } from './conflict-notice.tsx'
import { ReviewFilters } from './filters.tsx'
import { InvoiceGrid } from './invoice-grid.tsx'
import { approveClean, issueApproved, PAGE_ACTIONS, type PageContext } from './page-actions.ts'
import { InvoicePane } from './pane/invoice-pane.tsx'
import classes from './review.module.css'
import { ReviewDialogs } from './review-dialogs.tsx'
import { ROW_ACTIONS } from './row-actions.ts'
import { SummaryAnswer, useMonthSummary, useScopeCounts } from './summary.tsx'
import { GRID, type Row } from './types.ts'
import { useBulk } from './use-bulk.ts'
import { useDeeds } from './use-deeds.ts'
import { moveOn, useMarks } from './use-marks.ts'
import { useReview, useSettled } from './use-review.ts'

/** The page that the review's views belong to. */
const VIEWS_PAGE = 'billing.invoice'
/** Milliseconds after which a dialog that was closed has given the focus away. */
const FOCUS_AFTER = 50
/** Milliseconds on a row before the pane follows. */
const SETTLE = 120

/** Which of the drafts may be wrong, and whether the rest is fine: review by keyboard, from draft to issued. */
export function InvoicesPage() {
  const { t } = useTranslation()
  const go = useGo()
  const copy = useCopy()
  const toasts = useToasts()
  const format = useFormat()
  const may = useMay()
  const { path } = useAddress()
  const search = useListSearch(null)
  const { month, setMonth, periods, state, change, scope, filter, params } = useReview(search.asked)
  const summary = useMonthSummary(month)
  const grid = useRef<GridHandle<Row>>(null)
  const marks = useMarks(grid)
  const runner = useBulk<Row>()
  const [saving, setSaving] = useState(false)
  const [viewsOpened, setViewsOpened] = useState(false)
  const selection = useSelection(store => store.grids[GRID] ?? NOTHING_SELECTED)
  const shownCount = (summary.all?.doubtful ?? 0) + (summary.all?.clean ?? 0)
  // «All but some» counts what the filters show.
  const listed = useCoreQuery(leaf.summary, { filter }, { enabled: selection.mode === 'all-but' }).data
  const selected = selectedCount(selection, listed ? listed.doubtful + listed.clean : 0)

  const inScope = useScopeCounts(scope, summary)

  const { invoiceId } = state
  const follow = useSettled((row: Row | null) => {
    if (row && invoiceId !== null && row.id !== invoiceId) change({ invoiceId: row.id }, { replace: true })
  }, SETTLE)
  const open = useCallback(
    (row: Row) => change({ invoiceId: row.id }, { replace: invoiceId !== null }),
    [change, invoiceId],
  )
  const show = useCallback(
    async (row: Pick<Row, 'id'>) => {
      change({ invoiceId: row.id }, { replace: true })
      const at = await grid.current?.find(one => one.id === row.id, 0)
      if (at != null) grid.current?.goTo(at)
    },
    [change],
  )
  useCursorOnOpened(grid, invoiceId)

  const { asked, setAsked, bulk, undo, begin, askAll } = useDeeds({
    ...{ grid, marks, runner, month, scope, selected, narrowed: inScope.narrowed },
  })
  const rowActions = useCallback(
    (row: Row) =>
      ROW_ACTIONS.map(action =>
        bindAction(action, { row, t, may, selected, begin: (kind, one) => void begin(kind, one), open }),
      ),
    [t, may, selected, begin, open],
  )
  // While one step is under way the numbers for the next one still change.
  const busy = runner.bulk?.state === 'running'
  const clean = busy ? 0 : inScope.clean
  const approved = busy ? 0 : inScope.approved
  const context = useMemo<PageContext>(
    () => ({
      t,
      may,
      clean,
      approved,
      format,
      undoable: marks.undoable,
      paneOpen: invoiceId !== null,
      undo,
      askAll,
      step: by => {
        const handle = grid.current
        if (handle) handle.goTo(Math.max(0, handle.at() + by))
      },
      nextOpen: async () => {
        if (!(await moveOn(grid.current, '')))
          toasts.show({ text: t('billing.review.done.allDecided'), tone: 'info' })
      },
      tab: tab => change({ tab }, { replace: true }),
      shownTab: state.tab,
      comment: () => {
        change({ tab: 'history' }, { replace: true })
        focusComment()
      },
      openViews: () => setViewsOpened(true),
      save: () => setSaving(true),
      copyAddress: () => copy(`${path}?${params}`),
    }),
    [
      t,
      may,
      clean,
      approved,
      format,
      marks.undoable,
      invoiceId,
      state.tab,
      undo,
      askAll,
      toasts,
      change,
      copy,
      path,
      params,
    ],
  )
  useActions(
    useMemo(
      () => [approveClean, issueApproved, ...PAGE_ACTIONS].map(action => bindAction(action, context)),
      [context],
    ),
  )

  const months = useMemo(
    () =>
      (periods.data?.periods ?? []).map(({ period, open: some }) => ({
        month: period,
        note:
          some > 0
            ? t('billing.review.answer.open', { count: some, formatted: format.integer(some) })
            : undefined,
      })),
    [periods.data, t, format],
  )
  const places = Math.max(0, ...(summary.all?.totals.map(({ currency }) => minorDigits(currency)) ?? [2]))
  const none = periods.data?.periods.length === 0
  const filtered = inScope.narrowed || filter.states || filter.doubts
  const closeButton = (
    <Button variant="filled" onClick={() => go(`/billing/close?month=${month}`)}>
      {t('billing.review.action.closeMonth', { month: format.month(month) })}
    </Button>
  )
  return (
    <Page
      title={t('billing.review.title')}
      subtitle={none ? undefined : <MonthPicker month={month} months={months} onMonth={setMonth} />}
      fill
      actions={
        <>
          <ViewsMenu
            page={VIEWS_PAGE}
            saveKey="shift+s"
            opened={viewsOpened}
            onOpened={setViewsOpened}
            onSave={() => setSaving(true)}
          />
          <ActionButton action={issueApproved} context={context} primary={clean === 0} />
          <ActionButton action={approveClean} context={context} primary />
        </>
      }
      answer={
        summary.all && summary.drafts && shownCount > 0 ? (
          <SummaryAnswer month={month} all={summary.all} drafts={summary.drafts} onShow={change} />
        ) : undefined
      }
    >
      {none ? (
        <EmptyState
          centred
          title={t('billing.review.empty.title')}
          text={t('billing.review.empty.text')}
          actions={
            <>
              {closeButton}
              <Button onClick={() => go('/billing/usage?new=1')}>{t('billing.review.action.usage')}</Button>
            </>
          }
        />
      ) : periods.error ? (
        <ErrorState centred error={periods.error} onRetry={() => void periods.refetch()} />
      ) : (
        <>
          <div className={classes.filters}>
            <ReviewFilters
              month={month}
              state={state}
              plans={summary.all?.plans.map(({ plan }) => plan) ?? []}
              currencies={summary.all?.totals.map(({ currency }) => currency) ?? []}
              change={change}
            />
          </div>
          <BulkStrip runner={runner} onShow={row => void show(row)} />
          {marks.conflict ? (
            <ConflictNotice
              conflict={marks.conflict}
              onLook={row => {
                marks.settleConflict()
                void show(row)
              }}
              onAgain={row => {
                const { kind } = marks.conflict!
                marks.settleConflict()
                void marks.mark(row, { kind })
              }}
              onClose={marks.settleConflict}
            />
          ) : null}
          <Split
            pane={
              invoiceId === null ? null : (
                <InvoicePane
                  invoiceId={invoiceId}
                  tab={state.tab}
                  onTab={tab => change({ tab }, { replace: true })}
                  actions={rowActions}
                  onClose={() => {
                    change({ invoiceId: null }, { replace: true })
                    grid.current?.focus()
                  }}
                />
              )
            }
          >
            <InvoiceGrid
              handle={grid}
              filter={filter}
              search={search}
              places={places}
              rowActions={rowActions}
              onOpen={open}
              onActive={follow}
              onEscape={invoiceId === null ? undefined : () => change({ invoiceId: null }, { replace: true })}
              empty={
                filtered ? (
                  <EmptyState
                    title={t('billing.review.empty.filteredTitle')}
                    actions={
                      <Button onClick={() => change(NO_FILTER)}>{t('billing.review.empty.clear')}</Button>
                    }
                  />
                ) : (
                  <EmptyState
                    title={t('billing.review.empty.monthTitle', { month: format.month(month) })}
                    text={t('billing.review.empty.monthText')}
                    actions={closeButton}
                  />
                )
              }
            />
          </Split>
        </>
      )}
      <ReviewDialogs
        asked={asked}
        onClose={() => {
          setAsked(null)
          // The question is gone a moment later, and what it was asked from has the keyboard again.
          setTimeout(() => grid.current?.focus(), FOCUS_AFTER)
        }}
        onOne={(row, mark) => void marks.mark(row, mark, asked?.lines)}
        onMany={(kind, rows, mark) => void bulk(kind, rows, mark)}
      />
      <SaveViewDialog
        page={VIEWS_PAGE}
        opened={saving}
        onClose={() => setSaving(false)}
        address={`${path}?${params}`}
      />
    </Page>
  )
}

/** Frames in which the comments of the pane should be there. */
const FRAMES = 60

/** Leads to the field for a comment as soon as the pane shows it. */
function focusComment(frames = FRAMES): void {
  const field = document.querySelector<HTMLTextAreaElement>('aside textarea')
  if (field) field.focus()
  else if (frames > 0) requestAnimationFrame(() => focusComment(frames - 1))
}

/** How many rows are looked through for the invoice that an address names. */
const LOOKED_THROUGH = 4000

/** An address that names an invoice puts the cursor on it, once; the grid has the keyboard from the start. */
function useCursorOnOpened(grid: React.RefObject<GridHandle<Row> | null>, invoiceId: string | null): void {
  const first = useRef(invoiceId)
  useEffect(() => {
    const handle = grid.current
    if (!handle) return
    handle.focus()
    const wanted = first.current
    if (wanted === null) return
    void handle
      .find(row => row.id === wanted, 0, LOOKED_THROUGH)
      .then(at => {
        if (at !== null) handle.goTo(at)
      })
      // The page went elsewhere meanwhile; what else can fail the grid shows itself.
      .catch(() => undefined)
  }, [grid])
}
