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
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const quiet = useContext(QuietContext)
  const absolute = format.instant(at, detail)
  const relative = format.relative(at, now) ?? t('ui.when.now')
  const full = `${format.instant(at, 'second')} ${t('ui.when.in', { zone: format.zone })} · ${relative}`
  const iso = new Date(Number(at)).toISOString()
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
      <time className={classes.when} dateTime={iso} title={full}>
        {body}
      </time>
    )
  }
  return (
    <Tooltip label={full}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact instant must be reachable by keyboard */}
      <time className={classes.when} dateTime={iso} tabIndex={0}>
        {body}
      </time>
    </Tooltip>
  )
}
