import { Button } from '@mantine/core'
import { IconUser } from '@tabler/icons-react'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '#renderer/state/connection.ts'
import { createWallClock, FormatProvider } from '#renderer/ui/format/use-format.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { useCore, useCoreQuery } from '../core/hooks.ts'
import { PassphraseDialog } from './person-menu.tsx'
import { type Person, type Session, SessionContext, useActAs } from './session.ts'
import classes from './shell.module.css'

/** Milliseconds before waiting is put into words; a quick start shows none. */
const PATIENCE = 400

/**
 * Lets the page in when it is known which workspace this is and who acts; before that, says what is waited
 * for. `first` is shown while the workspace is empty.
 */
export function Gate({ children, first }: { readonly children: ReactNode; readonly first: ReactNode }) {
  const { t } = useTranslation()
  const core = useCore()
  const phase = useConnection(state => state.phase)
  const personId = useConnection(state => state.personId)
  const session = useCoreQuery(contract.workspace.session, {})
  const clock = useMemo(() => createWallClock(), [])
  useChosenPerson(session.data, personId)
  if (phase === 'refused' && !session.data) {
    return (
      <Full>
        <EmptyState
          centred
          title={t('shell.gone.title')}
          text={core.desktop ? t('shell.gone.stopped') : t('shell.gone.text')}
          actions={
            core.desktop ? (
              <Button onClick={() => void core.desktop?.retryCore()}>{t('ui.retry')}</Button>
            ) : undefined
          }
        />
      </Full>
    )
  }
  if (session.error) {
    return (
      <Full>
        <ErrorState centred error={session.error} onRetry={() => void session.refetch()} />
      </Full>
    )
  }
  if (!session.data) return <Waiting />
  const { workspace, person, people } = session.data
  return (
    <SessionContext value={session.data}>
      <FormatProvider zone={workspace.zone} clock={clock}>
        {workspace.empty ? first : person ? children : <Chooser people={people} />}
      </FormatProvider>
    </SessionContext>
  )
}

function Full({ children }: { readonly children: ReactNode }) {
  return <main className={classes.full}>{children}</main>
}

function Waiting() {
  const { t } = useTranslation()
  const [long, setLong] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), PATIENCE)
    return () => clearTimeout(timer)
  }, [])
  return (
    <Full>
      {long ? (
        <EmptyState
          centred
          title={t('shell.gone.waiting')}
          text={
            <>
              {t('shell.gone.waitingText')}
              <LoadingState rows={3} />
            </>
          }
        />
      ) : null}
    </Full>
  )
}

/** Whom the window acts as where it was not chosen yet: the only person, or in the demo the first. */
export function defaultPerson(session: Pick<Session, 'people' | 'workspace'>): Person | null {
  const open = session.people.filter(person => person.active && !person.hasPassphrase)
  const [first] = open
  if (!first) return null
  return session.workspace.demo || (open.length === 1 && session.people.length === 1) ? first : null
}

function useChosenPerson(session: Session | undefined, personId: string | null): void {
  const actAs = useActAs()
  const needed = session !== undefined && session.person === null && !session.workspace.empty
  const next = needed && session.missing === 'person' ? defaultPerson(session) : null
  const nextId = next && next.id !== personId ? next.id : null
  useEffect(() => {
    if (nextId !== null) void actAs(nextId)
  }, [nextId, actAs])
}

/** Asks who sits here. */
function Chooser({ people }: { readonly people: readonly Person[] }) {
  const { t } = useTranslation()
  const actAs = useActAs()
  const [asked, setAsked] = useState<Person | null>(null)
  const [error, setError] = useState<unknown>(null)
  return (
    <Full>
      <EmptyState
        centred
        title={t('shell.person.whoTitle')}
        text={
          <>
            {t('shell.person.whoText')}
            {error === null ? null : <ErrorState error={error} />}
          </>
        }
        actions={people
          .filter(person => person.active)
          .map(person => (
            <Button
              key={person.id}
              leftSection={<IconUser size={16} aria-hidden="true" />}
              onClick={() => (person.hasPassphrase ? setAsked(person) : actAs(person.id).catch(setError))}
            >
              {person.name}
            </Button>
          ))}
      />
      <PassphraseDialog person={asked} onClose={() => setAsked(null)} />
    </Full>
  )
}
