import { useTranslation } from 'react-i18next'
import { useSession } from '#renderer/app/shell/session.ts'
import { When } from '#renderer/ui/display/when.tsx'
import type { Full } from '../types.ts'
import classes from './pane.module.css'

/** What happened to an invoice: who did what, and when. */
export function HistoryTab({ invoice }: { readonly invoice: Full }) {
  const { t, i18n } = useTranslation()
  const { people } = useSession()
  const nameOf = (id: string | null) =>
    people.find(person => person.id === id)?.name ?? t('billing.review.history.core')
  /** Commands of later versions are named as the log names them. */
  const word = (command: string) => {
    const [entity, last] = command.split('.').slice(-2)
    const keys = [`billing.review.history.of.${entity}.${last}`, `billing.review.history.command.${last}`]
    const key = keys.find(one => i18n.exists(one))
    return key ? (i18n.t as (key: string) => string)(key) : command
  }
  if (invoice.history.length === 0) return <p className={classes.quiet}>{t('billing.review.history.none')}</p>
  return (
    <ol className={classes.history}>
      {invoice.history.map(event => (
        <li key={`${event.commandId}/${event.command}`}>
          <span className={classes.what}>{word(event.command)}</span> {nameOf(event.by)}
          <span className={classes.quiet}>
            {' '}
            <When at={event.at} />
          </span>
          {event.note === null ? null : <p>{event.note}</p>}
        </li>
      ))}
    </ol>
  )
}
