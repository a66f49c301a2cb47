import { useTranslation } from 'react-i18next'
import { formatDuration } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import classes from './display.module.css'

export interface ProgressProps {
  /** What is being done, in words. */
  readonly label: string
  /** Part done, 0 to 1; null where it is not known. */
  readonly share: number | null
  /** Milliseconds left, when they can be told. */
  readonly left?: number | undefined
  /** More words beside the label, such as `12,000 rows`. */
  readonly detail?: string | undefined
}

/** How far something has come. */
export function Progress({ label, share, left, detail }: ProgressProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const percent = share === null ? t('ui.progress.working') : format.percent(share, 0)
  return (
    <div className={classes.progress}>
      <span>
        {label}
        {detail ? <span className={classes.secondary}> {detail}</span> : null}
      </span>
      <span className={classes.figure}>
        {percent}
        {left === undefined ? null : ` · ${t('ui.progress.left', { time: formatDuration(left) })}`}
      </span>
      <div
        className={classes.track}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === null ? undefined : Math.round(share * 100)}
      >
        <div
          className={`${classes.bar} ${share === null ? classes.indeterminate : ''}`}
          style={share === null ? undefined : { transform: `scaleX(${Math.min(1, Math.max(0, share))})` }}
        />
      </div>
    </div>
  )
}
