import { keepPreviousData } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { useAddress } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { PERIOD_PARAM, usePeriod } from '#renderer/app/period.ts'
import { periodToText } from '#renderer/ui/format/period.ts'
import { finops } from '#shared/contract/finops.ts'
import { type ExplorerState, fromAddress, toAddress } from './address.ts'
import { inOrder } from './series.ts'
import { clampPeriod, grainFor } from './span.ts'

export const EXPLORER_PATH = '/finops/explorer'
/** Rows of a question. What is beyond is one row, so nothing is missing from the totals. */
const TOP = 500

/** What the explorer shows, where it is kept (the address), and what the core answers. */
export function useExplorer() {
  const { params, setParams } = useAddress()
  const { range, period } = usePeriod()
  const state = useMemo(() => fromAddress(params), [params])
  const freshness = useCoreQuery(finops.costs.freshness, {})

  const change = useCallback(
    (part: Partial<ExplorerState>) => {
      const next = toAddress({ ...state, ...part })
      const named = params.get(PERIOD_PARAM)
      if (named !== null) next.set(PERIOD_PARAM, named)
      setParams(next)
    },
    [state, params, setParams],
  )

  /** The address of what is seen, with its period: what a view keeps and what one sends to somebody. */
  const addressOf = useCallback(
    (one: ExplorerState) => {
      const all = toAddress(one)
      all.set(PERIOD_PARAM, periodToText(period))
      return `${EXPLORER_PATH}?${all}`
    },
    [period],
  )

  const { from: first, to: last } = freshness.data ?? { from: null, to: null }
  const span = useMemo(() => clampPeriod(range, first, last), [range, first, last])
  const grain = grainFor(state.grain, span)
  const slice = useMemo(() => ({ period: span, filters: [...state.filters] }), [span, state.filters])
  const question = useMemo(
    () => ({
      ...slice,
      measure: state.measure,
      by: [...state.by],
      grain,
      // Clouds count their days in UTC, and so do the bills.
      zone: 'UTC',
      compare: state.compare,
      top: TOP,
    }),
    [slice, state.measure, state.by, state.compare, grain],
  )
  const answer = useCoreQuery(finops.costs.explore, question, { placeholderData: keepPreviousData })
  const result = useMemo(() => (answer.data ? inOrder(answer.data) : undefined), [answer.data])
  return { result, state, change, addressOf, freshness, slice, question, answer, grain }
}
