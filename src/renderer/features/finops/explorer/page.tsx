import { Button } from '@mantine/core'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { usePeriod } from '#renderer/app/period.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Cost } from '#renderer/ui/display/money.tsx'
import { decimalText, groupDecimal } from '#renderer/ui/format/decimal.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { useCopy, useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Figures, Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { ExploreRow, Filter } from '#shared/contract/finops-costs.ts'
import { Grain, Measure } from '#shared/contract/finops-costs.ts'
import { CHART_KINDS, type ExplorerState } from './address.ts'
import { CostChart } from './cost-chart.tsx'
import classes from './explorer.module.css'
import { ExplorerFilters } from './filters.tsx'
import { LinePane } from './line-pane.tsx'
import { LinesTable } from './lines-table.tsx'
import { changeOf, denominationText, shownDenomination } from './series.ts'
import { SumsTable } from './sums-table.tsx'
import { Toolbar } from './toolbar.tsx'
import { useExplorer } from './use-explorer.ts'
import { useExport } from './use-export.ts'
import { SaveViewDialog, ViewsMenu } from './views-menu.tsx'
import { type ExplorerWords, useExplorerWords } from './words.ts'

interface PageActions {
  readonly state: ExplorerState
  readonly change: (part: Partial<ExplorerState>) => void
  readonly save: () => void
  readonly openViews: () => void
  readonly copyAddress: () => void
  readonly words: { readonly [K in keyof typeof LABELS]: string }
}

const LABELS = {
  lines: '',
  sums: '',
  save: '',
  views: '',
  copy: '',
  measure: '',
  grain: '',
  chart: '',
  compare: '',
} as const

function next<T>(all: readonly T[], one: T): T {
  return all[(all.indexOf(one) + 1) % all.length]!
}

const toggleLines = defineAction<PageActions>('ui.finops.explorer.lines', {
  label: ({ state, words }) => (state.lines ? words.sums : words.lines),
  key: 'l',
  run: ({ state, change }) => change({ lines: !state.lines }),
})
const saveView = defineAction<PageActions>('ui.finops.explorer.save', {
  label: ({ words }) => words.save,
  key: 's',
  run: ({ save }) => save(),
})
const more = [
  defineAction<PageActions>('ui.finops.explorer.views', {
    label: ({ words }) => words.views,
    key: 'v',
    run: ({ openViews }) => openViews(),
  }),
  defineAction<PageActions>('ui.finops.explorer.copyAddress', {
    label: ({ words }) => words.copy,
    key: 'y',
    run: ({ copyAddress }) => copyAddress(),
  }),
  defineAction<PageActions>('ui.finops.explorer.measure', {
    label: ({ words }) => words.measure,
    key: 'm',
    run: ({ state, change }) => change({ measure: next(Measure.options, state.measure) }),
  }),
  defineAction<PageActions>('ui.finops.explorer.grain', {
    label: ({ words }) => words.grain,
    key: 'n',
    run: ({ state, change }) => change({ grain: next(Grain.options, state.grain) }),
  }),
  defineAction<PageActions>('ui.finops.explorer.chart', {
    label: ({ words }) => words.chart,
    key: 'c',
    run: ({ state, change }) => change({ chart: next(CHART_KINDS, state.chart) }),
  }),
  defineAction<PageActions>('ui.finops.explorer.compare', {
    label: ({ words }) => words.compare,
    key: 'p',
    run: ({ state, change }) => change({ compare: state.compare === 'none' ? 'calendar' : 'none' }),
  }),
]

/** Where the money goes: any measure by any two dimensions over time, down to the line. */
export function ExplorerPage() {
  const { t } = useTranslation()
  const go = useGo()
  const copy = useCopy()
  const toasts = useToasts()
  const words = useExplorerWords()
  const explorer = useExplorer()
  const { state, change, addressOf, answer, freshness, slice } = explorer
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
        save: t('finops.views.save'),
        views: t('finops.views.title'),
        copy: t('finops.views.copyAddress'),
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
          <ViewsMenu opened={viewsOpened} onOpened={setViewsOpened} onSave={() => setSaving(true)} />
          <ActionButton action={saveView} context={actions} />
          <ActionButton action={toggleLines} context={actions} />
        </>
      }
      answer={result ? <Answer explorer={explorer} words={words} /> : undefined}
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
      {answer.error ? (
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
              {state.lines ? (
                <LinesTable
                  slice={slice}
                  onOpen={line => setOpenLine(line.id)}
                  onActiveChange={line => {
                    if (line && openLine !== null) setOpenLine(line.id)
                  }}
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
      <SaveViewDialog opened={saving} onClose={() => setSaving(false)} address={addressOf(state)} />
    </Page>
  )
}

/** The totals of the period, one for each currency or unit, and what changed against the period before. */
function Answer({
  explorer,
}: {
  readonly explorer: ReturnType<typeof useExplorer>
  readonly words: ExplorerWords
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { state, result, change } = explorer
  if (!result) return null
  const shown = shownDenomination(result, state.currency)
  const several = result.totals.length > 1
  const word = state.measure === 'quantity' ? 'manyUnits' : 'manyCurrencies'
  return (
    <>
      <Figures
        figures={result.totals.slice(0, 6).map(total => {
          const share = changeOf(total)
          const name = denominationText(total)
          return {
            label: `${t(`finops.measure.${state.measure}`)} ${several ? name : ''}`,
            value:
              total.currency === null ? (
                `${groupDecimal(decimalText(total.total, total.scale), format.numberStyle)} ${name}`
              ) : (
                <Cost units={total.total} currency={total.currency} />
              ),
            note:
              share === null ? undefined : (
                <>
                  {share > 0 ? '+' : ''}
                  {format.percent(share)} {t('finops.explorer.versus')}
                </>
              ),
          }
        })}
      />
      {several && shown ? (
        <p className={classes.note}>
          {t(`finops.explorer.${word}`, { count: result.totals.length, shown: denominationText(shown) })}{' '}
          {result.totals
            .map(denominationText)
            .filter(name => name !== denominationText(shown))
            .slice(0, 8)
            .map(name => (
              <Button
                key={name}
                size="compact-xs"
                variant="subtle"
                onClick={() => change({ currency: name })}
              >
                {name}
              </Button>
            ))}
        </p>
      ) : null}
    </>
  )
}

/** No line under these filters in this period: says where there are some. */
function NothingHere({ explorer }: { readonly explorer: ReturnType<typeof useExplorer> }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { setPeriod } = usePeriod()
  const { freshness, state, change } = explorer
  const { from, to } = freshness.data ?? {}
  const day = (at: bigint | null | undefined) => (at == null ? '–' : format.instant(at, 'day'))
  return (
    <EmptyState
      centred
      title={t('finops.explorer.empty.title')}
      text={t('finops.explorer.empty.text', { from: day(from), to: day(to) })}
      actions={
        <>
          <Button variant="filled" onClick={() => setPeriod({ kind: 'preset', preset: 'all' })}>
            {t('finops.explorer.empty.wider')}
          </Button>
          {state.filters.length > 0 ? (
            <Button onClick={() => change({ filters: [] })}>{t('finops.explorer.empty.clear')}</Button>
          ) : null}
        </>
      }
    />
  )
}

/** The filters together with those that confine to the group of a row. */
function narrowed(state: ExplorerState, keys: ExploreRow['keys']): Filter[] {
  const own = (keys ?? []).map((key, index): Filter => {
    const dimension = state.by[index]!
    return key === null ? { dimension, op: 'is-empty' } : { dimension, op: 'is', values: [key] }
  })
  // A condition of the same kind on the same dimension is replaced, not repeated.
  const others = state.filters.filter(
    filter =>
      !('dimension' in filter) ||
      !own.some(mine => 'dimension' in mine && mine.dimension === filter.dimension && filter.op === 'is'),
  )
  return [...others, ...own]
}

/** The filters that leave the group of a row out; for two dimensions, the second's value. */
function excluded(state: ExplorerState, keys: ExploreRow['keys']): Filter[] {
  const index = (keys?.length ?? 0) - 1
  const dimension = state.by[index]
  if (!keys || dimension === undefined) return []
  const key = keys[index] ?? null
  return [key === null ? { dimension, op: 'is-not-empty' } : { dimension, op: 'is-not', values: [key] }]
}
