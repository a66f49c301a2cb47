import { Tooltip } from '@mantine/core'
import { useContext } from 'react'
import { useTranslation } from 'react-i18next'
import type { InstantDetail } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import classes from './display.module.css'
import { QuietContext } from './quiet.ts'

export interface WhenProps {
  /** An instant, in milliseconds since 1970. */
  readonly at: number | bigint
  readonly detail?: InstantDetail
  /** Which of the two is written; the other is shown on hover and focus. `both` writes them side by side. */
  readonly show?: 'absolute' | 'relative' | 'both'
}

/** An instant on the calendar of the workspace's zone, and as seen from now. */
export function When({ at, detail = 'minute', show = 'absolute' }: WhenProps) {
  const quiet = useContext(QuietContext)
  // In a grid of hundreds, what does not change with the clock does not listen to it.
  if (quiet && show === 'absolute') return <QuietInstant at={at} detail={detail} />
  return <LiveInstant at={at} detail={detail} show={show} />
}

function isoOf(at: number | bigint): string {
  return new Date(Number(at)).toISOString()
}

function QuietInstant({ at, detail }: { readonly at: number | bigint; readonly detail: InstantDetail }) {
  const format = useFormat()
  return (
    <time className={classes.when} dateTime={isoOf(at)}>
      {format.instant(at, detail)}
    </time>
  )
}

function LiveInstant({ at, detail, show }: Required<WhenProps>) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const quiet = useContext(QuietContext)
  const absolute = format.instant(at, detail)
  const relative = format.relative(at, now) ?? t('ui.when.now')
  const full = `${format.instant(at, 'second')} ${t('ui.when.in', { zone: format.zone })} · ${relative}`
  const body =
    show === 'relative' ? (
      relative
    ) : show === 'absolute' ? (
      absolute
    ) : (
      <>
        {absolute} <span className={classes.secondary}>{relative}</span>
      </>
    )
  if (quiet) {
    return (
      <time className={classes.when} dateTime={isoOf(at)} title={full}>
        {body}
      </time>
    )
  }
  return (
    <Tooltip label={full}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact instant must be reachable by keyboard */}
      <time className={classes.when} dateTime={isoOf(at)} tabIndex={0}>
        {body}
      </time>
    </Tooltip>
  )
}
