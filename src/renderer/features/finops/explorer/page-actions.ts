import { defineAction } from '#renderer/ui/actions/action.ts'
import { Grain, Measure } from '#shared/contract/finops-costs.ts'
import { CHART_KINDS, type ExplorerState } from './address.ts'

/** What the actions of the explorer are done to, and their words. */
export interface PageActions {
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

export const toggleLines = defineAction<PageActions>('ui.finops.explorer.lines', {
  label: ({ state, words }) => (state.lines ? words.sums : words.lines),
  key: 'l',
  run: ({ state, change }) => change({ lines: !state.lines }),
})
export const saveView = defineAction<PageActions>('ui.finops.explorer.save', {
  label: ({ words }) => words.save,
  key: 's',
  run: ({ save }) => save(),
})
/** What has a key and a place in the palette, but no button. */
export const more = [
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
