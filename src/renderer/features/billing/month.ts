import { useCallback } from 'react'
import { useAddress } from '#renderer/app/address.ts'
import { usePeriod } from '#renderer/app/period.ts'
import { type DayRange, firstOfMonth } from '#renderer/ui/format/period.ts'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'

/** The parameter of an address that names a month, `2026-10`. */
export const MONTH_PARAM = 'month'

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/

/** The month some months after (or before) a month. */
export function monthAfter(month: string, months: number): string {
  return firstOfMonth(`${month}-01`, months).slice(0, 7)
}

/** The month that these days are, when they are exactly one. */
export function wholeMonth({ start, end }: DayRange): string | null {
  return start.endsWith('-01') && firstOfMonth(start, 1) === end ? start.slice(0, 7) : null
}

export interface ChosenMonth {
  /** The month that the address names. */
  readonly named: string | null
  /** The period of the top bar, where that is one month. */
  readonly shared: string | null
  /** The last month that is over, in the workspace's zone. */
  readonly last: string
  readonly setMonth: (month: string) => void
}

/** The month that a page of billing is about. */
export function useMonth(): ChosenMonth {
  const { params, setParams } = useAddress()
  const { range } = usePeriod()
  const { zone } = useFormat()
  const text = params.get(MONTH_PARAM)
  const named = text !== null && MONTH.test(text) ? text : null
  const last = monthAfter(dayOf(useNow(), zone).slice(0, 7), -1)
  const setMonth = useCallback(
    (month: string) => {
      const next = new URLSearchParams(params)
      next.set(MONTH_PARAM, month)
      next.delete('invoice')
      setParams(next)
    },
    [params, setParams],
  )
  return { named, shared: wholeMonth(range), last, setMonth }
}
