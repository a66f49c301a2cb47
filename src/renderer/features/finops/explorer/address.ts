import { z } from 'zod'
import { Dimension, Filter, Grain, Measure } from '#shared/contract/finops-costs.ts'

export const CHART_KINDS = ['stacked', 'lines', 'treemap'] as const
export type ChartKind = (typeof CHART_KINDS)[number]

/** What the explorer shows, apart from the period, which all pages share. It is the page's address. */
export interface ExplorerState {
  readonly measure: z.infer<typeof Measure>
  readonly by: readonly Dimension[]
  readonly grain: z.infer<typeof Grain>
  readonly filters: readonly Filter[]
  readonly compare: 'none' | 'length' | 'calendar'
  readonly chart: ChartKind
  /** The table shows the lines behind the slice instead of its sums. */
  readonly lines: boolean
  /** The currency that the chart shows: amounts of different currencies are never added. */
  readonly currency: string | null
}

export const DEFAULT_STATE: ExplorerState = {
  measure: 'effective',
  by: ['service'],
  grain: 'month',
  filters: [],
  compare: 'none',
  chart: 'stacked',
  lines: false,
  currency: null,
}

const compare = z.enum(['none', 'length', 'calendar'])

/** The state as the part of an address after `?`. What is as usual is left out, so that addresses stay short. */
export function toAddress(state: ExplorerState): URLSearchParams {
  const params = new URLSearchParams()
  if (state.measure !== DEFAULT_STATE.measure) params.set('measure', state.measure)
  if (state.by.join() !== DEFAULT_STATE.by.join()) params.set('by', joinParts(state.by))
  if (state.grain !== DEFAULT_STATE.grain) params.set('grain', state.grain)
  for (const filter of state.filters) params.append('where', filterToText(filter))
  if (state.compare !== 'none') params.set('compare', state.compare)
  if (state.chart !== DEFAULT_STATE.chart) params.set('chart', state.chart)
  if (state.lines) params.set('show', 'lines')
  if (state.currency !== null) params.set('currency', state.currency)
  return params
}

/** Reads an address. What it does not understand is taken as usual: an old or mistyped address still opens. */
export function fromAddress(params: URLSearchParams): ExplorerState {
  const by = params.get('by')
  return {
    measure: read(Measure, params.get('measure')) ?? DEFAULT_STATE.measure,
    by:
      by === null
        ? DEFAULT_STATE.by
        : by
            .split('~')
            .flatMap(part => read(Dimension, decode(part)) ?? [])
            .slice(0, 2),
    grain: read(Grain, params.get('grain')) ?? DEFAULT_STATE.grain,
    filters: params.getAll('where').flatMap(text => filterFromText(text) ?? []),
    compare: read(compare, params.get('compare')) ?? 'none',
    chart: CHART_KINDS.find(kind => kind === params.get('chart')) ?? DEFAULT_STATE.chart,
    lines: params.get('show') === 'lines',
    currency: params.get('currency'),
  }
}

/** A condition as text: `service~is~Amazon EC2~Amazon S3`, `region~is-empty`, `billed~between~10~`. */
export function filterToText(filter: Filter): string {
  const parts =
    'measure' in filter
      ? [filter.measure, 'between', filter.min ?? '', filter.max ?? '']
      : [filter.dimension, filter.op, ...('values' in filter ? filter.values : [])]
  return joinParts(parts)
}

/** Reads `filterToText`; null for anything else. */
export function filterFromText(text: string): Filter | null {
  const [subject, op, ...values] = text.split('~').map(decode)
  const raw =
    op === 'between'
      ? { measure: subject, min: values[0] || null, max: values[1] || null }
      : op === 'is-empty' || op === 'is-not-empty'
        ? { dimension: subject, op }
        : { dimension: subject, op, values }
  const parsed = Filter.safeParse(raw)
  return parsed.success ? parsed.data : null
}

/** Parts of one value with `~` between them; a `~` within a part is escaped. */
function joinParts(parts: readonly string[]): string {
  return parts.map(part => encodeURIComponent(part).replaceAll('~', '%7E')).join('~')
}

function read<T>(schema: z.ZodType<T>, value: string | null): T | null {
  const parsed = schema.safeParse(value)
  return parsed.success ? parsed.data : null
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
