import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSession } from '#renderer/app/shell/session.ts'
import { Dialog } from '#renderer/ui/overlay/dialog.tsx'
import classes from './review.module.css'

/** Asks to whom invoices go: oneself first, then the others who may review. Arrow keys walk through them. */
export function AssignDialog(props: {
  readonly subject: string
  readonly assignee: string | null
  readonly onClose: () => void
  readonly onPerson: (personId: string | null) => void
}) {
  const { t } = useTranslation()
  const { people, person } = useSession()
  const active = people.filter(one => one.active)
  const ordered = [
    ...active.filter(one => one.id === person?.id),
    ...active.filter(one => one.id !== person?.id),
  ]
  const choose = (personId: string | null) => {
    props.onPerson(personId)
    props.onClose()
  }
  return (
    <Dialog
      opened
      onClose={props.onClose}
      title={t('billing.review.dialog.assignTitle', { customer: props.subject })}
      size="sm"
    >
      <ul
        className={classes.people}
        onKeyDown={event => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
          const all = [...event.currentTarget.querySelectorAll('button')]
          const at = all.indexOf(document.activeElement as HTMLButtonElement)
          all[Math.max(0, Math.min(all.length - 1, at + (event.key === 'ArrowDown' ? 1 : -1)))]?.focus()
          event.preventDefault()
        }}
      >
        {[...ordered, null].map((one, i) => (
          <li key={one?.id ?? ''}>
            <Button
              fullWidth
              justify="flex-start"
              variant={(one?.id ?? null) === props.assignee ? 'light' : 'subtle'}
              data-autofocus={i === 0 ? true : undefined}
              aria-pressed={(one?.id ?? null) === props.assignee}
              onClick={() => choose(one?.id ?? null)}
            >
              {one === null
                ? t('billing.review.dialog.nobody')
                : one.id === person?.id
                  ? t('billing.review.dialog.meToo', { name: one.name })
                  : one.name}
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
