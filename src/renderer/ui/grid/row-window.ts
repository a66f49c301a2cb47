/** Which rows are drawn, and where. */
export interface RowWindow {
  readonly first: number
  /** The row after the last one drawn. */
  readonly end: number
  /** Pixels from the top of the content to the first drawn row. */
  readonly top: number
  /** Height of the content, in pixels. */
  readonly height: number
}

export interface WindowInput {
  readonly count: number
  readonly rowHeight: number
  /** Height in which rows are seen: without heads and totals. */
  readonly viewHeight: number
  readonly overscan: number
}

/**
 * No browser draws an element of any height (Chromium ends at 33.5 million pixels, Firefox at 17.9). A million
 * rows of 36 px are higher. Beyond this height the scrollbar is a scale: moving it moves more than one pixel
 * of rows for each pixel.
 */
export const MAX_HEIGHT = 16_000_000

function measures({ count, rowHeight, viewHeight }: WindowInput) {
  const full = count * rowHeight
  const height = Math.min(full, MAX_HEIGHT)
  const scale = height < full ? (full - viewHeight) / (height - viewHeight) : 1
  return { full, height, scale }
}

/** The rows to draw when the content is scrolled to `scrollTop`. */
export function rowWindow(input: WindowInput, scrollTop: number): RowWindow {
  const { count, rowHeight, viewHeight, overscan } = input
  const { full, height, scale } = measures(input)
  const at = Math.max(0, Math.min(scrollTop * scale, full - viewHeight))
  // Whole steps of some rows, so that small movements change nothing that is drawn.
  const step = Math.max(1, Math.floor(overscan / 2))
  const first = Math.max(0, Math.floor(Math.floor(at / rowHeight) / step) * step - overscan)
  const end = Math.min(count, Math.ceil((at + viewHeight) / rowHeight / step) * step + overscan)
  const top =
    scale === 1 ? first * rowHeight : Math.min(scrollTop, height - viewHeight) - (at - first * rowHeight)
  return { first, end: Math.max(first, end), top, height }
}

/** Where to scroll so that a row is seen whole; null when it is seen already. */
export function scrollToRow(input: WindowInput, scrollTop: number, row: number): number | null {
  const { rowHeight, viewHeight } = input
  const { scale } = measures(input)
  const at = scrollTop * scale
  const start = row * rowHeight
  if (start < at) return start / scale
  if (start + rowHeight > at + viewHeight) return (start + rowHeight - viewHeight) / scale
  return null
}
