import type { ReactNode } from 'react'
import { Cost, Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge, type Tone } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { decimalText } from '#renderer/ui/format/decimal.ts'
import { costScale, minorDigits } from '#renderer/ui/format/money.ts'
import { formatInstant, type InstantDetail } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { compareValues, type GridValue } from './column-filter.ts'
import { Figure } from './figure.tsx'

/** A column of a grid. `GridColumn`s are made with the functions below, or by hand. */
export interface GridColumn<T> {
  readonly id: string
  /** In the person's language. */
  readonly header: string
  /** What it is sorted and filtered by. */
  readonly value: (row: T) => GridValue
  /** What is drawn; `value` as text where it is left out. */
  readonly render?: ((row: T) => ReactNode) | undefined
  /** What is copied, and shown below the grid for the cell that has the focus; exact, without grouping. */
  readonly text?: ((row: T) => string) | undefined
  readonly align?: 'start' | 'end' | undefined
  readonly width?: number | undefined
  readonly pin?: 'start' | 'end' | undefined
  /** True for a column that is shown only when it is chosen. */
  readonly hidden?: boolean | undefined
  readonly sortable?: boolean | undefined
  readonly filter?: 'text' | 'number' | 'date' | 'choice' | undefined
  /** What can be chosen, for the filter `choice`. */
  readonly options?: readonly { readonly value: string; readonly label: string }[] | undefined
  /** A bigint `value` counts 10^-places. */
  readonly places?: number | ((row: T) => number) | undefined
  /**
   * The currency or unit of `value` in this row, where rows differ. Rows are sorted by it first, because amounts
   * of different currencies have no order among each other.
   */
  readonly denomination?: ((row: T) => string) | undefined
  /** Explains the column, on hover and focus of its head. */
  readonly hint?: string | undefined
}

type Base<T> = Pick<
  GridColumn<T>,
  'id' | 'header' | 'width' | 'pin' | 'hidden' | 'sortable' | 'filter' | 'hint' | 'options'
>

/** Text. */
export function textColumn<T>(
  column: Base<T> & {
    readonly value: (row: T) => string | null | undefined
    readonly render?: (row: T) => ReactNode
  },
): GridColumn<T> {
  return { filter: 'text', width: 180, ...column }
}

/** A double or an integer, with a fixed number of places. */
export function numberColumn<T>(
  column: Base<T> & {
    readonly value: (row: T) => number | bigint | null | undefined
    /** Places after the point. A bigint counts 10^-places. */
    readonly places?: number
    readonly unit?: string
  },
): GridColumn<T> {
  const { places = 0, unit, ...rest } = column
  return {
    filter: 'number',
    width: 110,
    align: 'end',
    places,
    ...rest,
    render: row => <Figure value={column.value(row)} places={places} unit={unit} />,
    text: row => {
      const value = column.value(row)
      return value == null ? '' : typeof value === 'bigint' ? decimalText(value, places) : String(value)
    },
  }
}

type Currency<T> = string | ((row: T) => string)

function currencyOf<T>(currency: Currency<T>, row: T): string {
  return typeof currency === 'string' ? currency : currency(row)
}

interface AmountColumn<T> extends Base<T> {
  readonly value: (row: T) => bigint | null | undefined
  readonly currency: Currency<T>
  /** Places of the widest amount, where a column mixes currencies: points stand below each other. */
  readonly alignPlaces?: number
  /** False where the code stands in the head. */
  readonly code?: boolean
}

/** Billed money, in minor units. */
export function moneyColumn<T>(column: AmountColumn<T>): GridColumn<T> {
  const { currency, alignPlaces, code, ...rest } = column
  return {
    filter: 'number',
    width: 152,
    align: 'end',
    places: row => minorDigits(currencyOf(currency, row)),
    denomination: row => currencyOf(currency, row),
    ...rest,
    render: row => {
      const minor = column.value(row)
      return minor == null ? null : (
        <Money minor={minor} currency={currencyOf(currency, row)} alignPlaces={alignPlaces} code={code} />
      )
    },
    text: row => {
      const minor = column.value(row)
      return minor == null ? '' : decimalText(minor, minorDigits(currencyOf(currency, row)))
    },
  }
}

/** Cost, an int64 of 10^-9 (10^-6). */
export function costColumn<T>(column: AmountColumn<T> & { readonly places?: number }): GridColumn<T> {
  const { currency, alignPlaces, code, places, ...rest } = column
  return {
    filter: 'number',
    width: 152,
    align: 'end',
    ...rest,
    places: row => costScale(currencyOf(currency, row)),
    denomination: row => currencyOf(currency, row),
    render: row => {
      const units = column.value(row)
      return units == null ? null : (
        <Cost
          units={units}
          currency={currencyOf(currency, row)}
          alignPlaces={alignPlaces}
          code={code}
          places={places}
        />
      )
    },
    text: row => {
      const units = column.value(row)
      return units == null ? '' : decimalText(units, costScale(currencyOf(currency, row)))
    },
  }
}

/** An instant, in milliseconds since 1970. Filtered by its day in UTC. */
export function instantColumn<T>(
  column: Base<T> & {
    readonly value: (row: T) => number | bigint | null | undefined
    readonly detail?: InstantDetail
    readonly show?: 'absolute' | 'relative'
    /** Days that are not of the workspace's zone: a contract begins where its customer is. */
    readonly zone?: (row: T) => string
  },
): GridColumn<T> {
  const { value, detail = 'minute', show = 'absolute', zone, ...rest } = column
  const iso = (row: T) => {
    const at = value(row)
    return at == null ? null : new Date(Number(at)).toISOString()
  }
  return {
    filter: 'date',
    width: 150,
    ...rest,
    value: iso,
    text: row => iso(row) ?? '',
    render: row => {
      const at = value(row)
      if (at == null) return null
      return zone ? (
        <InZone at={at} zone={zone(row)} detail={detail} />
      ) : (
        <When at={at} detail={detail} show={show} />
      )
    },
  }
}

/** An instant on the calendar of another zone than the workspace's. */
function InZone(props: {
  readonly at: number | bigint
  readonly zone: string
  readonly detail: InstantDetail
}) {
  const { dateStyle } = useFormat()
  const at = Number(props.at)
  return (
    <time dateTime={new Date(at).toISOString()}>
      {formatInstant(at, props.zone, dateStyle, props.detail)}
    </time>
  )
}

/** A calendar day of the books, `YYYY-MM-DD`, which is of no zone. Copied as it is, shown in the person's style. */
export function dayColumn<T>(
  column: Base<T> & { readonly value: (row: T) => string | null | undefined },
): GridColumn<T> {
  return {
    filter: 'date',
    width: 120,
    ...column,
    text: row => column.value(row) ?? '',
    render: row => {
      const day = column.value(row)
      return day == null || day === '' ? null : <CalendarDay day={day} />
    },
  }
}

function CalendarDay({ day }: { readonly day: string }) {
  const format = useFormat()
  return <time dateTime={day}>{format.day(day)}</time>
}

/** A state: word, icon and colour. */
export function statusColumn<T>(
  column: Base<T> & {
    readonly value: (row: T) => string
    readonly states: Readonly<Record<string, { readonly label: string; readonly tone: Tone }>>
  },
): GridColumn<T> {
  const { states, value, ...rest } = column
  return {
    filter: 'choice',
    width: 130,
    options: Object.entries(states).map(([state, { label }]) => ({ value: state, label })),
    ...rest,
    value,
    text: row => states[value(row)]?.label ?? value(row),
    render: row => {
      const state = states[value(row)]
      return <StatusBadge tone={state?.tone ?? 'neutral'} label={state?.label ?? value(row)} />
    },
  }
}

/** The text of a cell, as it is copied. */
export function cellText<T>(column: GridColumn<T>, row: T): string {
  if (column.text) return column.text(row)
  const value = column.value(row)
  return value == null ? '' : String(value)
}

/** Places of a column's bigint values in this row. */
export function placesOf<T>(column: GridColumn<T>, row: T): number {
  return typeof column.places === 'function' ? column.places(row) : (column.places ?? 0)
}

/**
 * Orders two rows by a column, ascending. Amounts of one currency are compared by value, whatever their scales;
 * amounts of different currencies by the code of the currency. Descending is the exact reverse.
 */
export function compareRows<T>(column: GridColumn<T>, a: T, b: T): number {
  const [one, other] = [column.value(a), column.value(b)]
  if (typeof one !== 'bigint' || typeof other !== 'bigint') return compareValues(one, other)
  const { denomination } = column
  const apart = denomination ? compareValues(denomination(a), denomination(b)) : 0
  if (apart !== 0) return apart
  const [places, otherPlaces] = [placesOf(column, a), placesOf(column, b)]
  const most = Math.max(places, otherPlaces)
  const scaled = (value: bigint, scale: number) => value * 10n ** BigInt(most - scale)
  return compareValues(scaled(one, places), scaled(other, otherPlaces))
}
