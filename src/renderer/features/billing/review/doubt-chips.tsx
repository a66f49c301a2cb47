import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { Doubt } from '#shared/contract/billing/invoices.ts'
import { doubtChip, doubtSentence, isGrave } from './doubt-words.ts'
import classes from './review.module.css'

/** Why an invoice may be wrong, in a word or two each; the sentence with its figures on hover. */
export function DoubtChips({
  doubts,
  currency,
}: {
  readonly doubts: readonly Doubt[]
  readonly currency: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  if (doubts.length === 0) return null
  return (
    <span className={classes.chips}>
      {doubts.map((doubt, i) => (
        <span
          // biome-ignore lint/suspicious/noArrayIndexKey: the doubts of an invoice have no other identity
          key={i}
          className={classes.chip}
          data-grave={isGrave(doubt)}
          title={doubtSentence(doubt, currency, t, format)}
        >
          {isGrave(doubt) ? <IconAlertTriangle size={12} aria-hidden="true" /> : null}
          {doubtChip(doubt, t, format)}
        </span>
      ))}
    </span>
  )
}
