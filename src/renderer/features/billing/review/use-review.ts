import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useAddress } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSession } from '#renderer/app/shell/session.ts'
import { invoices as leaf } from '#shared/contract/billing/invoices.ts'
import { useMonth } from '../month.ts'
import { fromAddress, type ReviewState, toAddress } from './address.ts'
import type { Filter } from './types.ts'

/**
 * The state of the review as its address has it, and what it asks the core for: `filter` is what is listed, and
 * `scope` the same in every state and with or without doubts, which is what «all that are clean» is about.
 */
export function useReview(searched: string) {
  const { params, setParams } = useAddress()
  const { person } = useSession()
  const { named, shared, last, setMonth } = useMonth()
  const periods = useCoreQuery(leaf.periods, {})
  const known = periods.data?.periods
  const state = useMemo(() => fromAddress(params), [params])
  // A link to an invoice is a link to its month.
  const linked = useCoreQuery(
    leaf.get,
    { invoiceId: state.invoiceId ?? '' },
    { enabled: named === null && state.invoiceId !== null },
  )
  // Where nobody has said which: the newest month that somebody still has to decide about.
  const month =
    named ??
    (state.invoiceId === null ? undefined : linked.data?.period) ??
    shared ??
    known?.find(({ open }) => open > 0)?.period ??
    known?.[0]?.period ??
    last
  const latest = useRef({ params, state })
  latest.current = { params, state }
  const change = useCallback(
    (part: Partial<ReviewState>, options?: { readonly replace?: boolean }) => {
      const { params, state } = latest.current
      setParams(toAddress({ ...state, ...part }, params), options)
    },
    [setParams],
  )
  const { states, doubts, assignee, customerId, plans, currencies } = state
  const me = person?.id ?? null
  const scope = useMemo<Filter>(() => {
    const of = assignee === 'me' ? me : assignee
    return {
      period: month,
      search: searched,
      ...(of === null ? {} : { assignee: of }),
      ...(customerId === null ? {} : { customerId }),
      ...(plans.length === 0 ? {} : { plans: [...plans] }),
      ...(currencies.length === 0 ? {} : { currencies: [...currencies] }),
    }
  }, [month, searched, assignee, customerId, plans, currencies, me])
  const filter = useMemo<Filter>(
    () => ({
      ...scope,
      ...(states.length > 0 ? { states: [...states] } : {}),
      ...(doubts === null ? {} : { doubts }),
    }),
    [scope, states, doubts],
  )
  return { month, setMonth, periods, state, change, scope, filter, params }
}

/**
 * Runs something a moment after the last call: what follows the cursor does not follow it over every row that
 * it runs past.
 */
export function useSettled<T>(run: (value: T) => void, milliseconds: number): (value: T) => void {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const latest = useRef(run)
  latest.current = run
  useEffect(() => () => clearTimeout(timer.current), [])
  return useCallback(
    (value: T) => {
      clearTimeout(timer.current)
      timer.current = setTimeout(() => latest.current(value), milliseconds)
    },
    [milliseconds],
  )
}
