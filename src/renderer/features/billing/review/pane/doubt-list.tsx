import { IconAlertTriangle, IconCircleCheck, IconInfoCircle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { doubtSentence, isGrave } from '../doubt-words.ts'
import type { Full } from '../types.ts'
import classes from './pane.module.css'

/** Why the invoice may be wrong, each doubt as a sentence with its figures. */
export function DoubtList({ invoice }: { readonly invoice: Full }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (invoice.doubts.length === 0) {
    return (
      <p className={classes.doubt} data-tone="ok">
        <IconCircleCheck size={14} aria-hidden="true" />
        {t('billing.review.pane.clean')}
      </p>
    )
  }
  return (
    <ul className={classes.doubts} aria-label={t('billing.review.pane.doubts')}>
      {invoice.doubts.map((doubt, i) => {
        const grave = isGrave(doubt)
        const Icon = grave ? IconAlertTriangle : IconInfoCircle
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the doubts of an invoice have no other identity
          <li key={i} className={classes.doubt} data-tone={grave ? 'warning' : 'info'}>
            <Icon size={14} aria-hidden="true" />
            {doubtSentence(doubt, invoice.currency, t, format)}
          </li>
        )
      })}
    </ul>
  )
}
