import { useFormat } from '#renderer/ui/format/use-format.tsx'
import classes from './review.module.css'

/** A difference in minor units with its sign, and as a share of what it is measured against. */
export function Change({
  change,
  previous,
  currency,
  code = false,
}: {
  readonly change: bigint
  readonly previous: bigint | null
  readonly currency: string
  /** Whether the currency is written. */
  readonly code?: boolean
}) {
  const format = useFormat()
  const { figure } = format.money(change, currency)
  const share = previous === null || previous === 0n ? null : Number(change) / Math.abs(Number(previous))
  return (
    <span className={classes.change} data-inline={code || undefined}>
      <span>
        {change > 0n ? '+' : ''}
        {figure}
        {code ? ` ${currency}` : ''}
      </span>
      <span className={classes.share}>
        {share === null
          ? ''
          : `${share > 0 ? '+' : ''}${format.percent(share, Math.abs(share) >= 1 ? 0 : 1)}`}
      </span>
    </span>
  )
}
