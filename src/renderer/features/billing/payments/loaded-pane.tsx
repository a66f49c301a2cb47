import type { ReactNode } from 'react'
import { useGo } from '#renderer/app/address.ts'
import { SidePane } from '#renderer/ui/overlay/side-pane.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { Part } from './part-of.ts'

interface Loaded<T> {
  readonly data: T | undefined
  readonly error: unknown
  readonly refetch: () => unknown
}

/** The pane of one row of a part of the payments: it loads, fails, or shows the row, and closing it leads to the part. */
export function LoadedPane<T>(props: {
  readonly name: string
  readonly part: Part
  readonly query: Loaded<T>
  readonly title: (shown: T | undefined) => string
  readonly width: number
  readonly children: (shown: T) => ReactNode
}) {
  const { name, part, query, title, width, children } = props
  const go = useGo()
  return (
    <SidePane
      name={name}
      title={title(query.data)}
      onClose={() => go(`/billing/payments?view=${part}`)}
      width={width}
    >
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <LoadingState rows={6} />
      ) : (
        children(query.data)
      )}
    </SidePane>
  )
}
