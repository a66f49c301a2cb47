import { IconAlertTriangle } from '@tabler/icons-react'
import { useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { Doubt } from '#shared/contract/billing/invoices.ts'
import { doubtChip, doubtSentence, isGrave } from './doubt-words.ts'
import { fitting } from './fitting.ts'
import classes from './review.module.css'

/** Pixels between two chips, and of the sign that says how many more there are. */
const GAP = 4
const MORE = 30

/**
 * Why an invoice may be wrong, in a word or two each; the sentence with its figures on hover. Chips stand whole:
 * what has no room is counted behind them, and named by that count.
 */
export function DoubtChips({
  doubts,
  currency,
}: {
  readonly doubts: readonly Doubt[]
  readonly currency: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const chips = doubts.map(doubt => doubtChip(doubt, t, format))
  const { box, shown } = useFitting(chips)
  if (doubts.length === 0) return null
  const rest = doubts.slice(shown)
  return (
    <span ref={box} className={classes.chips}>
      {doubts.map((doubt, i) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: the doubts of an invoice have no other identity
          key={i}
          className={classes.chip}
          data-chip
          data-grave={isGrave(doubt)}
          data-beyond={i >= shown || undefined}
          data-only={shown === 1 || undefined}
          title={doubtSentence(doubt, currency, t, format)}
        >
          {isGrave(doubt) ? <IconAlertTriangle size={12} aria-hidden="true" /> : null}
          <span>{chips[i]}</span>
        </span>
      ))}
      {rest.length === 0 ? null : (
        <span
          className={classes.chip}
          data-grave={rest.some(isGrave)}
          title={rest.map(doubt => doubtSentence(doubt, currency, t, format)).join('\n')}
        >
          <span aria-hidden="true">{`+${format.integer(rest.length)}`}</span>
          <span className="qd-visually-hidden">
            {t('billing.review.doubtMore', { doubts: chips.slice(shown).join(', ') })}
          </span>
        </span>
      )}
    </span>
  )
}

/** How many of the chips have room, measured anew where the words or the room change. */
function useFitting(chips: readonly string[]) {
  const box = useRef<HTMLSpanElement>(null)
  const [shown, setShown] = useState(chips.length)
  const words = chips.join('\n')
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words are other widths
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const measure = () => {
      const all = [...element.querySelectorAll<HTMLElement>('[data-chip]')]
      const widths = all.map(chip => chip.scrollWidth)
      setShown(fitting(widths, { space: element.clientWidth, gap: GAP, more: MORE }))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [words])
  return { box, shown }
}
