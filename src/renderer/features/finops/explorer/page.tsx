import { Button } from '@mantine/core'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { NotHere } from '#renderer/app/bulk/not-here.tsx'
import { notHereOf, useHere } from '#renderer/app/bulk/use-here.ts'
import { SaveViewDialog, ViewsMenu } from '#renderer/app/views/views-menu.tsx'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { useCopy, useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { ExploreRow } from '#shared/contract/finops-costs.ts'
import { Answer, NothingHere } from './answer.tsx'
import { CostChart } from './cost-chart.tsx'
import classes from './explorer.module.css'
import { ExplorerFilters } from './filters.tsx'
import { LinePane } from './line-pane.tsx'
import { LinesTable } from './lines-table.tsx'
import { excluded, narrowed } from './narrow.ts'
import { more, type PageActions, saveView, toggleLines } from './page-actions.ts'
import { shownDenomination } from './series.ts'
import { SumsTable } from './sums-table.tsx'
import { Toolbar } from './toolbar.tsx'
import { useExplorer } from './use-explorer.ts'
import { useExport } from './use-export.ts'
import { useExplorerWords } from './words.ts'

/** The page that the explorer's views belong to. */
const VIEWS_PAGE = 'finops.explorer'

/** Where the money goes: any measure by any two dimensions over time, down to the line. */
export function ExplorerPage() {
  const { t } = useTranslation()
  const go = useGo()
  const copy = useCopy()
  const toasts = useToasts()
  const words = useExplorerWords()
  const explorer = useExplorer()
  const { state, change, addressOf, answer, freshness, slice } = explorer
  const away = notHereOf(answer.error)
  const sums = useHere(away)
  const lines = useHere(state.lines ? { kind: 'cost.lines', ...slice.period } : null)
  const again = useCallback(() => void answer.refetch(), [answer.refetch])
  const [saving, setSaving] = useState(false)
  const [viewsOpened, setViewsOpened] = useState(false)
  const [openLine, setOpenLine] = useState<string | null>(null)
  const exportRows = useExport()
  const { result } = explorer
  const measure = t(`finops.measure.${state.measure}`)

  const actions = useMemo<PageActions>(
    () => ({
      state,
      change,
      save: () => setSaving(true),
      openViews: () => setViewsOpened(true),
      copyAddress: () => copy(addressOf(state)),
      words: {
        lines: t('finops.explorer.showLines'),
        sums: t('finops.explorer.showSums'),
        save: t('shell.views.save'),
        views: t('shell.views.title'),
        copy: t('shell.views.copyAddress'),
        measure: t('finops.explorer.nextMeasure'),
        grain: t('finops.explorer.nextGrain'),
        chart: t('finops.explorer.nextChart'),
        compare: t('finops.explorer.toggleCompare'),
      },
    }),
    [state, change, addressOf, copy, t],
  )
  useActions(
    useMemo(() => [toggleLines, saveView, ...more].map(action => bindAction(action, actions)), [actions]),
  )

  const drill = useCallback(
    (keys: ExploreRow['keys']) => change({ filters: narrowed(state, keys), lines: true }),
    [state, change],
  )
  const rowActions = useCallback(
    (row: ExploreRow) => {
      if (row.keys === null || row.keys.length === 0) return []
      const value = words.row(row.keys, row.merged)
      const act = (id: string, label: string, key: string, run: () => void) =>
        bindAction(defineAction(`ui.finops.explorer.${id}`, { label: () => label, key, run }), undefined)
      return [
        act('drill', t('finops.explorer.drill'), 'd', () => drill(row.keys)),
        act('narrow', t('finops.explorer.narrow', { value }), 'o', () =>
          change({ filters: narrowed(state, row.keys) }),
        ),
        act('exclude', t('finops.explorer.exclude', { value }), 'x', () =>
          change({ filters: [...state.filters, ...excluded(state, row.keys)] }),
        ),
      ]
    },
    [state, change, drill, words, t],
  )
  // What is drawn follows the grain that was answered, not the one asked for.
  const shown = useMemo(() => ({ ...state, grain: explorer.grain }), [state, explorer.grain])

  if (freshness.data && freshness.data.lines === 0n) {
    return (
      <Page title={t('finops.explorer.title')}>
        <EmptyState
          centred
          title={t('finops.explorer.none.title')}
          text={t('finops.explorer.none.text')}
          actions={
            <Button variant="filled" onClick={() => go('/finops/bills?new=1')}>
              {t('finops.explorer.none.action')}
            </Button>
          }
        />
      </Page>
    )
  }
  const denomination = result ? shownDenomination(result, state.currency) : null
  return (
    <Page
      title={t('finops.explorer.title')}
      fill
      actions={
        <>
          <ViewsMenu
            page={VIEWS_PAGE}
            saveKey="s"
            opened={viewsOpened}
            onOpened={setViewsOpened}
            onSave={() => setSaving(true)}
          />
          <ActionButton action={saveView} context={actions} />
          <ActionButton action={toggleLines} context={actions} />
        </>
      }
      answer={result ? <Answer explorer={explorer} /> : undefined}
    >
      <Toolbar state={state} change={change} words={words} />
      <div className={classes.filters}>
        <ExplorerFilters
          subject={measure}
          filters={state.filters}
          onChange={filters => change({ filters })}
          words={words}
        />
      </div>
      {away ? (
        <div className={classes.filters}>
          <NotHere here={sums} onHere={again} />
        </div>
      ) : null}
      {away && sums.state !== 'here' ? null : answer.error ? (
        <ErrorState centred error={answer.error} onRetry={() => void answer.refetch()} />
      ) : !result ? (
        <LoadingState rows={10} />
      ) : result.rows.length === 0 ? (
        <NothingHere explorer={explorer} />
      ) : (
        <Split pane={openLine === null ? null : <LinePane id={openLine} onClose={() => setOpenLine(null)} />}>
          <div className={classes.body}>
            {denomination && !state.lines ? (
              <div className={classes.chart}>
                <CostChart
                  result={result}
                  state={shown}
                  denomination={denomination}
                  words={words}
                  onSelect={({ keys }) => drill(keys)}
                />
              </div>
            ) : null}
            <div className={classes.table}>
              {state.lines && lines.state !== 'here' ? (
                <div className={classes.filters}>
                  <NotHere here={lines} />
                </div>
              ) : state.lines ? (
                <LinesTable
                  slice={slice}
                  onOpen={line => setOpenLine(line.id)}
                  onActiveChange={line => {
                    if (line && openLine !== null) setOpenLine(line.id)
                  }}
                  onEscape={openLine === null ? undefined : () => setOpenLine(null)}
                  onExport={({ format, columns }) =>
                    exportRows(format, 'cost-lines', {
                      kind: 'lines',
                      query: slice,
                      columns: columns.map(column => column.id),
                    })
                  }
                />
              ) : (
                <SumsTable
                  result={result}
                  state={shown}
                  words={words}
                  onOpen={row => drill(row.keys)}
                  rowActions={rowActions}
                  onExport={({ format }) =>
                    exportRows(format, 'costs', { kind: 'explore', query: explorer.question }).catch(error =>
                      toasts.fail(error),
                    )
                  }
                />
              )}
            </div>
          </div>
        </Split>
      )}
      <SaveViewDialog
        page={VIEWS_PAGE}
        opened={saving}
        onClose={() => setSaving(false)}
        address={addressOf(state)}
      />
    </Page>
  )
}
