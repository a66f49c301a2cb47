import { describe, expect, it } from 'vitest'
import { isSelected, NOTHING_SELECTED, selectedCount, withRows } from '#renderer/state/selection.ts'
import {
  compareRows,
  costColumn,
  type GridColumn,
  moneyColumn,
  numberColumn,
  textColumn,
} from './columns.tsx'
import { toDelimited } from './delimited.ts'
import { gridCommand } from './grid-keys.ts'
import { pagesOf } from './grid-source.ts'
import { drawnColumns } from './use-drawn-columns.ts'
import { arrangement } from './use-grid-model.ts'

interface Row {
  readonly name: string
  readonly amount: bigint
}

const columns = [
  textColumn<Row>({ id: 'name', header: 'Name', value: row => row.name }),
  moneyColumn<Row>({ id: 'money', header: 'Money', value: row => row.amount, currency: 'EUR' }),
  costColumn<Row>({ id: 'cost', header: 'Cost', value: row => row.amount, currency: 'JPY' }),
  numberColumn<Row>({ id: 'share', header: 'Share', value: () => 0.25, places: 2, hidden: true }),
]

describe('toDelimited', () => {
  it('writes exact figures, and nothing that a spreadsheet would run', () => {
    const rows = [{ name: '=cmd("x")', amount: -123456n }]
    expect(toDelimited(columns, rows, ',')).toBe(
      `Name,Money,Cost,Share\r\n"'=cmd(""x"")",-1234.56,-0.123456,0.25`,
    )
  })

  it('quotes what would break a line or a cell', () => {
    expect(
      toDelimited(
        columns.slice(0, 1),
        [
          { name: 'a\tb', amount: 0n },
          { name: 'c\nd', amount: 0n },
        ],
        '\t',
      ),
    ).toBe('Name\n"a\tb"\n"c\nd"')
  })
})

describe('arrangement', () => {
  it('is what the page says where nothing was changed', () => {
    const { columnOrder, columnVisibility } = arrangement(columns, undefined)
    expect(columnOrder).toEqual(['name', 'money', 'cost', 'share'])
    expect(columnVisibility).toEqual({ share: false })
  })

  it('keeps what was changed, forgets columns that are gone, and puts new ones after their neighbour', () => {
    const kept = {
      order: ['cost', 'gone', 'name'],
      visibility: { share: true },
      pinned: { start: ['gone', 'cost'], end: [] },
    }
    const { columnOrder, columnVisibility, columnPinning } = arrangement(columns, kept)
    expect(columnOrder).toEqual(['cost', 'share', 'name', 'money'])
    expect(columnVisibility).toEqual({ share: true })
    expect(columnPinning).toEqual({ start: ['cost'], end: [] })
  })
})

describe('drawnColumns', () => {
  const shown = columns.map((column, i) => ({
    column,
    width: 100,
    pinned: i === 0 ? ('start' as const) : null,
    offset: 0,
    sorted: null,
  }))

  it('draws the pinned columns always, and of the others what can be seen', () => {
    const drawn = drawnColumns(shown, 110, 190)
    expect(drawn.columns.map(entry => entry.index)).toEqual([0, 2])
    expect([drawn.before, drawn.after]).toEqual([100, 100])
  })
})

describe('selection', () => {
  it('is some rows, or all but some', () => {
    const some = withRows(NOTHING_SELECTED, ['a', 'b'], true)
    expect([isSelected(some, 'a'), isSelected(some, 'c'), selectedCount(some, 9)]).toEqual([true, false, 2])
    const allBut = withRows({ mode: 'all-but', keys: new Set() }, ['a'], false)
    expect([isSelected(allBut, 'a'), isSelected(allBut, 'c'), selectedCount(allBut, 9)]).toEqual([
      false,
      true,
      8,
    ])
    expect(withRows(allBut, ['a'], true).keys.size).toBe(0)
  })
})

describe('gridCommand', () => {
  const press = (key: string, held = {}) => ({
    key,
    shiftKey: false,
    altKey: false,
    ctrlKey: false,
    metaKey: false,
    ...held,
  })

  it('leaves to the page what is not its own', () => {
    for (const key of ['a', 'e', 'x', '?', 'Tab']) expect(gridCommand(press(key))).toBeNull()
    expect(gridCommand(press('k', { ctrlKey: true }))).toBeNull()
  })

  it('moves, selects, copies and sorts', () => {
    expect(gridCommand(press('j'))).toMatchObject({ do: 'move', rows: 1 })
    expect(gridCommand(press('ArrowUp', { shiftKey: true }))).toMatchObject({
      do: 'move',
      rows: -1,
      extend: true,
    })
    expect(gridCommand(press('End', { ctrlKey: true }))).toMatchObject({ do: 'edge', to: 'last' })
    expect(gridCommand(press(' ', { shiftKey: true }))).toEqual({ do: 'range' })
    expect(gridCommand(press('c', { metaKey: true }))).toEqual({ do: 'copy' })
    expect(gridCommand(press('ArrowDown', { altKey: true }))).toEqual({ do: 'sort', direction: 'desc' })
  })
})

describe('pagesOf', () => {
  it('names the pages that hold a range', () => {
    expect(pagesOf(0, 1)).toEqual([0])
    expect(pagesOf(190, 210)).toEqual([0, 1])
    expect(pagesOf(400, 400)).toEqual([2])
  })
})

describe('compareRows', () => {
  interface Amount {
    readonly amount: bigint | null
    readonly currency: string
  }
  const money = moneyColumn<Amount>({
    id: 'money',
    header: 'Money',
    value: row => row.amount,
    currency: row => row.currency,
  })
  const sorted = (rows: readonly Amount[]) =>
    [...rows].sort((a, b) => compareRows(money, a, b)).map(row => `${row.currency} ${row.amount}`)

  it('keeps currencies apart: by the code first, then by the amount', () => {
    const rows = [
      { amount: 3n, currency: 'USD' },
      { amount: 900n, currency: 'JPY' },
      { amount: 1_000n, currency: 'USD' },
      { amount: null, currency: 'EUR' },
      { amount: -5n, currency: 'JPY' },
      { amount: 700n, currency: 'EUR' },
    ]
    const order = ['EUR 700', 'JPY -5', 'JPY 900', 'USD 3', 'USD 1000', 'EUR null']
    expect(sorted(rows)).toEqual(order)
    // The same number of minor units of two currencies is not the same amount.
    expect(
      compareRows(money, { amount: 5n, currency: 'USD' }, { amount: 5n, currency: 'JPY' }),
    ).toBeGreaterThan(0)
  })

  it('compares by value where scales differ', () => {
    const quantity: GridColumn<{ value: bigint; scale: number }> = {
      id: 'quantity',
      header: 'Quantity',
      value: row => row.value,
      places: row => row.scale,
    }
    const half = { value: 5n, scale: 1 }
    expect(compareRows(quantity, half, { value: 50n, scale: 2 })).toBe(0)
    expect(compareRows(quantity, half, { value: 51n, scale: 2 })).toBe(-1)
    expect(compareRows(quantity, half, { value: 0n, scale: 0 })).toBe(1)
  })

  it('compares everything else as it is', () => {
    const name = textColumn<{ name: string }>({ id: 'name', header: 'Name', value: row => row.name })
    expect(compareRows(name, { name: 'line 9' }, { name: 'line 10' })).toBeLessThan(0)
  })
})
