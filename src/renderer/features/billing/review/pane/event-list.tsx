import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { NotHere } from '#renderer/app/bulk/not-here.tsx'
import { useHere } from '#renderer/app/bulk/use-here.ts'
import { ask, type OutputOf, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { InvoiceLine } from '#shared/contract/billing/invoices.ts'
import { usage } from '#shared/contract/billing/usage.ts'
import classes from './pane.module.css'

type Event = OutputOf<typeof usage.events>['events'][number]

/** Events in a page. */
const PAGE = 100

/** The events behind a line's quantity, a page at a time, in order of time. */
export function EventList(props: {
  readonly line: InvoiceLine
  readonly customerId: string
  readonly metricId: string
}) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button size="compact-sm" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
        {t(open ? 'billing.review.why.hideEvents' : 'billing.review.why.showEvents')}
      </Button>
      {open ? <Events {...props} /> : null}
    </>
  )
}

function Events({
  line,
  customerId,
  metricId,
}: {
  readonly line: InvoiceLine
  readonly customerId: string
  readonly metricId: string
}) {
  const { t } = useTranslation()
  const core = useCore()
  const toasts = useToasts()
  const format = useFormat()
  const question = { customerId, metricId, from: line.service.from, to: line.service.to, limit: PAGE }
  const here = useHere({ kind: 'usage.events', from: line.service.from, to: line.service.to })
  const first = useCoreQuery(usage.events, question)
  const [later, setLater] = useState<{ events: readonly Event[]; more: boolean } | null>(null)
  if (first.error) return <ErrorState error={first.error} onRetry={() => void first.refetch()} />
  if (!first.data) return <LoadingState rows={4} />
  const events = [...first.data.events, ...(later?.events ?? [])]
  const more = later?.more ?? first.data.more
  const goOn = () => {
    const last = events.at(-1)
    if (!last) return
    ask(core, usage.events, { ...question, after: { at: last.at, id: last.id } }).then(
      page => setLater({ events: [...(later?.events ?? []), ...page.events], more: page.more }),
      error => toasts.fail(error),
    )
  }
  if (here.state === 'unknown') return <LoadingState rows={4} />
  if (here.state !== 'here' && events.length === 0) return <NotHere here={here} />
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    // biome-ignore lint/a11y/useSemanticElements: a scrolling box around a table
    <div className={classes.events} role="region" aria-label={t('billing.review.why.event')} tabIndex={0}>
      <NotHere here={here} />
      <table className={classes.small}>
        <thead>
          <tr>
            <th scope="col">{t('billing.review.why.at')}</th>
            <th scope="col" data-figure>
              {t('billing.review.why.quantity')}
            </th>
            <th scope="col">{t('billing.review.why.event')}</th>
            <th scope="col">{t('billing.review.why.properties')}</th>
            <th scope="col">{t('billing.review.why.import')}</th>
          </tr>
        </thead>
        <tbody>
          {events.map(event => (
            <tr key={event.id}>
              <td>{format.instant(event.at, 'second')}</td>
              <td data-figure>{format.decimal(event.quantity)}</td>
              <td>
                <code>{event.id}</code>
              </td>
              <td>
                {Object.entries(event.properties)
                  .map(([name, value]) => `${name}: ${value}`)
                  .join(', ')}
              </td>
              <td>{event.importId === null ? '' : <ImportLink importId={event.importId} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {more ? (
        <Button size="compact-sm" variant="subtle" onClick={goOn}>
          {t('billing.review.why.moreEvents')}
        </Button>
      ) : null}
    </div>
  )
}

function ImportLink({ importId }: { readonly importId: string }) {
  const { t } = useTranslation()
  return <a href={useHref(`/billing/usage?receipt=${importId}`)}>{t('billing.review.why.import')}</a>
}
