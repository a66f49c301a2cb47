import { useCallback, useMemo } from 'react'
import { PERIOD_PRESETS, type Period, USUAL_PERIOD, useFilters } from '#renderer/state/filters.ts'
import { type DayRange, periodFromText, periodRange, periodToText } from '#renderer/ui/format/period.ts'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { useAddress } from './address.ts'
import { useSession } from './shell/session.ts'

/** The parameter of an address that carries the period. */
export const PERIOD_PARAM = 'period'

/** The period of an address, or null where it says none that can be read. */
export function periodOf(params: URLSearchParams): Period | null {
  const text = params.get(PERIOD_PARAM)
  return text === null ? null : periodFromText(text, PERIOD_PRESETS)
}

export interface ChosenPeriod {
  readonly period: Period
  /** Calendar days of the workspace's zone, half open. */
  readonly range: DayRange
  readonly setPeriod: (period: Period) => void
}

/** The period that was chosen last in this workspace, and how to keep another. */
export function useKeptPeriod(): readonly [Period, (period: Period) => void] {
  const { id } = useSession().workspace
  const kept = useFilters(state => state.periods[id])
  const keep = useFilters(state => state.setPeriod)
  return [kept ?? USUAL_PERIOD, useCallback(period => keep(id, period), [keep, id])]
}

/** The period that every dashboard shares. An address that names one decides. */
export function usePeriod(): ChosenPeriod {
  const [kept, keep] = useKeptPeriod()
  const { params, setParams } = useAddress()
  const { zone } = useFormat()
  const today = dayOf(useNow(), zone)
  const named = params.get(PERIOD_PARAM)
  const period = useMemo(
    () => (named === null ? null : periodFromText(named, PERIOD_PRESETS)) ?? kept,
    [named, kept],
  )
  const range = useMemo(() => periodRange(period, today), [period, today])
  const setPeriod = useCallback(
    (next: Period) => {
      keep(next)
      if (named !== null) {
        const changed = new URLSearchParams(params)
        changed.set(PERIOD_PARAM, periodToText(next))
        setParams(changed)
      }
    },
    [keep, named, params, setParams],
  )
  return { period, range, setPeriod }
}
