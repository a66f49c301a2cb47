import { toDelimited } from '#renderer/ui/grid/delimited.ts'
import type { GridExport } from '#renderer/ui/grid/grid-props.ts'
import type { SubscriptionLine } from './narrowed.ts'

/** Hands the shown rows and columns to the browser as a CSV file. */
export function saveLines(request: GridExport<SubscriptionLine>): void {
  const text = toDelimited(request.columns, request.rows ?? [], ',')
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv' }))
  const link = document.createElement('a')
  link.href = url
  link.download = 'subscriptions.csv'
  link.click()
  URL.revokeObjectURL(url)
}
