import { Button } from '@mantine/core'
import { IconExternalLink } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ask, useCore } from '#renderer/app/core/hooks.ts'
import { Progress } from '#renderer/ui/display/progress.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useErrorWords } from '#renderer/ui/page/error-words.ts'
import { contract } from '#shared/contract/index.ts'
import type { ConnectionState } from '#shared/contract/sync.ts'
import classes from '../workspace.module.css'

/** What happens between asking a server and being connected: the code, and how far the rows are. */
export function UnderWay({ state }: { readonly state: ConnectionState }) {
  const { t } = useTranslation()
  const core = useCore()
  const cancel = () => void ask(core, contract.sync.connection.cancel, {}).catch(() => {})
  return (
    <div className={classes.form} aria-live="polite">
      {state.phase === 'enrolling' ? <Code state={state} /> : <Rows state={state} />}
      {state.failure ? <Trying failure={state.failure} /> : null}
      <div className={classes.buttons}>
        {state.phase === 'enrolling' && state.address ? (
          <Button
            onClick={() => window.open(state.address ?? '', '_blank', 'noreferrer')}
            variant="filled"
            leftSection={<IconExternalLink size={16} aria-hidden="true" />}
          >
            {t('workspace.connection.openPage')}
          </Button>
        ) : null}
        {state.phase === 'joining' ? null : (
          <Button onClick={cancel}>{t('workspace.connection.giveUp')}</Button>
        )}
      </div>
    </div>
  )
}

function Code({ state }: { readonly state: ConnectionState }) {
  const { t } = useTranslation()
  return (
    <>
      <p>{t('workspace.connection.codeText', { url: state.url ?? '' })}</p>
      <output className={classes.recoveryKey} aria-label={t('workspace.connection.code')}>
        {state.code}
      </output>
      {state.expiresAt === null ? null : (
        <p className={classes.dim}>
          {t('workspace.connection.codeUntil')} <When at={state.expiresAt} detail="minute" />
        </p>
      )}
    </>
  )
}

function Rows({ state }: { readonly state: ConnectionState }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { progress, phase } = state
  const done = progress?.done ?? 0n
  const total = progress?.total ?? null
  return (
    <>
      <p>{t(phase === 'uploading' ? 'workspace.connection.uploadText' : 'workspace.connection.joinText')}</p>
      <Progress
        label={t(phase === 'uploading' ? 'workspace.connection.uploading' : 'workspace.connection.joining')}
        share={total !== null && total > 0n ? Number((done * 1000n) / total) / 1000 : null}
        detail={t('workspace.connection.rows', { count: Number(done), shown: format.integer(done) })}
      />
    </>
  )
}

function Trying({ failure }: { readonly failure: NonNullable<ConnectionState['failure']> }) {
  const { t } = useTranslation()
  const words = useErrorWords(failure)
  return (
    <div className={classes.notice} role="status">
      <span>{words.text}</span>
      <span>{t('workspace.connection.tryingAgain')}</span>
    </div>
  )
}
