import { Alert, Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { differencesOf } from './changes.ts'
import classes from './review.module.css'
import type { Row } from './types.ts'
import type { Conflict } from './use-marks.ts'

/** An invoice that changed between being seen and being marked: what is different, and what can be done. */
export function ConflictNotice(props: {
  readonly conflict: Conflict
  readonly onAgain: (row: Row) => void
  readonly onLook: (row: Row) => void
  readonly onClose: () => void
}) {
  const { conflict } = props
  const { t } = useTranslation()
  const format = useFormat()
  const { seen, now } = conflict
  const amount = (minor: bigint) => `${format.money(minor, now.currency).figure} ${now.currency}`
  return (
    <Alert
      className={classes.alert ?? ''}
      color="yellow"
      title={t('billing.review.conflict.title', { customer: now.customer })}
    >
      <p>{t('billing.review.conflict.text')}</p>
      <ul>
        <li>
          {seen.total === now.total
            ? t('billing.review.conflict.same', { now: amount(now.total) })
            : t('billing.review.conflict.total', { before: amount(seen.total), now: amount(now.total) })}
        </li>
        {differencesOf(seen, now).map(({ name, before, now: after }) => (
          <li key={name}>
            {before === null
              ? t('billing.review.conflict.lineNew', { name, now: amount(after ?? 0n) })
              : after === null
                ? t('billing.review.conflict.lineGone', { name, before: amount(before) })
                : t('billing.review.conflict.line', { name, before: amount(before), now: amount(after) })}
          </li>
        ))}
      </ul>
      <div className={classes.buttons}>
        <Button onClick={() => props.onLook(now)}>{t('billing.review.conflict.look')}</Button>
        <Button onClick={() => props.onAgain(now)}>{t(`billing.review.conflict.${conflict.kind}`)}</Button>
        <Button variant="subtle" onClick={props.onClose}>
          {t('billing.review.conflict.dismiss')}
        </Button>
      </div>
    </Alert>
  )
}
