import { ActionIcon, Alert, Button } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { Progress } from '#renderer/ui/display/progress.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { errorWords } from '#renderer/ui/page/error-words.ts'
import { InvoiceState } from '#shared/contract/billing/invoices.ts'
import classes from './review.module.css'
import type { Row } from './types.ts'
import type { BulkRunner } from './use-bulk.ts'
import { refusedAs } from './use-marks.ts'

/** Failures that are written out; how many more there are is said. */
const WRITTEN = 50

/** How far many commands have come, and those that did not go through with their reasons. */
export function BulkStrip({
  runner,
  onShow,
}: {
  readonly runner: BulkRunner<Row>
  readonly onShow: (row: Row) => void
}) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const { bulk, stop, dismiss } = runner
  if (!bulk) return null
  const { kind, done, requested, failed, total } = bulk
  const reasonOf = (error: unknown) => {
    const state = InvoiceState.safeParse((error as { data?: { state?: unknown } } | null)?.data?.state)
    return refusedAs(error) === 'state' && state.success
      ? t('billing.review.bulk.state', { state: t(`billing.review.state.${state.data}`).toLowerCase() })
      : errorWords(error, i18n).text
  }
  const of = t('billing.review.bulk.of', { done: format.integer(done), total: format.integer(total) })
  if (bulk.state === 'running') {
    return (
      <div className={classes.strip} role="status">
        <Progress
          label={t(`billing.review.bulk.${kind}`)}
          share={(done + requested + failed.length) / Math.max(1, total)}
          detail={of}
        />
        <Button size="compact-sm" onClick={stop}>
          {t('billing.review.bulk.stop')}
        </Button>
      </div>
    )
  }
  const said =
    bulk.state === 'stopped'
      ? t('billing.review.bulk.stopped', { done: format.integer(done), total: format.integer(total) })
      : t(`billing.review.bulk.${kind}Done`, { count: done, formatted: format.integer(done) })
  const asked = t('billing.review.bulk.requested', {
    count: requested,
    formatted: format.integer(requested),
  })
  if (failed.length === 0) return null
  return (
    <Alert className={classes.alert ?? ''} color="yellow" title={said}>
      <div className={classes.alertBody}>
        {requested > 0 ? <p>{asked}</p> : null}
        <p>
          {t('billing.review.bulk.failed', {
            count: failed.length,
            formatted: format.integer(failed.length),
          })}
        </p>
        <ul>
          {failed.slice(0, WRITTEN).map(({ item, error }) => (
            <li key={item.id}>
              <button type="button" className={classes.link} onClick={() => onShow(item)}>
                {item.customer}
              </button>{' '}
              {reasonOf(error)}
            </li>
          ))}
          {failed.length > WRITTEN ? (
            <li>
              {t('billing.review.bulk.more', {
                count: failed.length - WRITTEN,
                formatted: format.integer(failed.length - WRITTEN),
              })}
            </li>
          ) : null}
        </ul>
        <ActionIcon aria-label={t('billing.review.bulk.dismiss')} onClick={dismiss}>
          <IconX size={16} />
        </ActionIcon>
      </div>
    </Alert>
  )
}
