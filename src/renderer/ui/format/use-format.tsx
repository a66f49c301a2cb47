import { createContext, type ReactNode, useContext, useMemo, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { type DateStyle, type NumberStyle, useLayout } from '#renderer/state/layout.ts'
import { formatNumber, formatShort, groupDecimal } from './decimal.ts'
import { type ShownAmount, showCost, showMoney } from './money.ts'
import { formatDay, formatInstant, formatMonth, type InstantDetail, relativeTo } from './time.ts'

/** A clock that ticks for everybody at once, so that relative times on a page agree. */
export interface Clock {
  now(): number
  subscribe(onTick: () => void): () => void
}

/** The wall clock, ticking every 15 seconds while somebody looks. */
export function createWallClock(): Clock {
  let at = Date.now()
  let timer: ReturnType<typeof setInterval> | undefined
  const listeners = new Set<() => void>()
  return {
    now: () => at,
    subscribe(onTick) {
      listeners.add(onTick)
      timer ??= setInterval(() => {
        at = Date.now()
        for (const listener of listeners) listener()
      }, 15_000)
      return () => {
        listeners.delete(onTick)
        if (listeners.size === 0) {
          clearInterval(timer)
          timer = undefined
        }
      }
    },
  }
}

interface FormatSettings {
  /** IANA zone of the workspace: calendar days and shown times are in it. */
  readonly zone: string
  readonly clock: Clock
}

const FormatContext = createContext<FormatSettings>({ zone: 'UTC', clock: createWallClock() })

/** Gives everything below the workspace's zone and a clock. */
export function FormatProvider(props: FormatSettings & { readonly children: ReactNode }) {
  const value = useMemo(() => ({ zone: props.zone, clock: props.clock }), [props.zone, props.clock])
  return <FormatContext value={value}>{props.children}</FormatContext>
}

/** The present, in milliseconds since 1970; ticks every quarter of a minute. */
export function useNow(): number {
  const { clock } = useContext(FormatContext)
  return useSyncExternalStore(clock.subscribe, clock.now)
}

export interface Format {
  readonly numberStyle: NumberStyle
  readonly dateStyle: DateStyle
  readonly zone: string
  number(value: number, places?: number): string
  /** An integer of any size. */
  integer(value: bigint | number): string
  short(value: number): string
  /** A share of one as per cent: 0.125 → `12.5 %`. */
  percent(share: number, places?: number): string
  /** Decimal text, exact. */
  decimal(text: string): string
  money(minor: bigint, currency: string): ShownAmount
  cost(units: bigint, currency: string, places?: number): ShownAmount
  /** A calendar day `YYYY-MM-DD`. */
  day(day: string): string
  /** A month `YYYY-MM`. */
  month(month: string): string
  instant(at: number | bigint, detail?: InstantDetail): string
  /** `5 minutes ago`; null when it is now. */
  relative(at: number | bigint, now: number): string | null
}

/** How this person wants figures and dates written, in the workspace's zone. */
export function useFormat(): Format {
  const numberStyle = useLayout(state => state.numberStyle)
  const dateStyle = useLayout(state => state.dateStyle)
  const { zone } = useContext(FormatContext)
  const { i18n } = useTranslation()
  const language = i18n.language ?? 'en'
  return useMemo<Format>(
    () => ({
      numberStyle,
      dateStyle,
      zone,
      number: (value, places = 0) => formatNumber(value, places, numberStyle),
      integer: value =>
        groupDecimal(typeof value === 'bigint' ? value.toString() : value.toFixed(0), numberStyle),
      short: value => formatShort(value, numberStyle),
      percent: (share, places = 1) => `${formatNumber(share * 100, places, numberStyle)}\u202f%`,
      decimal: text => groupDecimal(text, numberStyle),
      money: (minor, currency) => showMoney(minor, currency, numberStyle),
      cost: (units, currency, places) => showCost(units, currency, numberStyle, places),
      day: day => formatDay(day, dateStyle),
      month: month => formatMonth(month, dateStyle),
      instant: (at, detail) => formatInstant(Number(at), zone, dateStyle, detail),
      relative: (at, now) => relativeTo(Number(at), now, language),
    }),
    [numberStyle, dateStyle, zone, language],
  )
}
