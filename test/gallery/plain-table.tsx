import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import { type Line, lineAt } from './sample.ts'

/**
 * What the grid is measured against: a table of TanStack Virtual as its examples have it, over the same million
 * lines, which are at hand, with the same columns as plain texts. No sorting, filters, selection, keys or pages.
 */

const number = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
const date = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })
const amount = (units: bigint) => number.format(Number(units) / 1e9)

const CELLS: readonly [id: string, width: number, text: (line: Line) => string][] = [
  ['service', 240, line => line.service],
  ['region', 120, line => line.region],
  ['state', 110, line => line.state],
  ['effective', 152, line => `${amount(line.effective)} ${line.currency}`],
  ['billed', 152, line => `${amount(line.billed)} ${line.currency}`],
  ['quantity', 120, line => number.format(line.quantity)],
  ['at', 170, line => date.format(line.at)],
  ['account', 150, line => line.account],
]

export function PlainTable({ count }: { readonly count: number }) {
  const scroller = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => 28,
    overscan: 12,
  })
  return (
    <div ref={scroller} data-plain style={{ height: '100%', overflow: 'auto' }}>
      <div style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {rows.getVirtualItems().map(({ key, index, start }) => {
          const line = lineAt(index)
          return (
            <div
              key={key}
              data-row={index}
              style={{
                position: 'absolute',
                display: 'flex',
                height: 28,
                transform: `translateY(${start}px)`,
              }}
            >
              {CELLS.map(([id, width, text]) => (
                <span key={id} style={{ width, overflow: 'hidden', whiteSpace: 'nowrap' }}>
                  {text(line)}
                </span>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}
