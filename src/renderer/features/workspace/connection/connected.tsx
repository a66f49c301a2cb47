import { Button, Radio } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { ask, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { syncTone } from '#renderer/app/shell/sync-words.ts'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useErrorWords } from '#renderer/ui/page/error-words.ts'
import { Fields } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import type { ConnectionState } from '#shared/contract/sync.ts'
import { FormDialog } from '../form.tsx'
import classes from '../workspace.module.css'
import { KeptHere } from './kept-here.tsx'
import { useSyncNow } from './use-sync-now.ts'

/** A clock that is off by more than this is said, in milliseconds. */
const CLOCK_OFF = 2 * 60_000

/** A connected workspace: its server, how things stand, and how to leave. */
export function Connected({ state }: { readonly state: ConnectionState }) {
  const { t } = useTranslation()
  const may = useMay()
  const href = useHref('/workspace/outbox')
  const { data: status } = useCoreQuery(contract.sync.status, {})
  const failure = useErrorWords(status?.failure ?? null)
  const sync = useSyncNow()
  const [leaving, setLeaving] = useState(false)
  if (!status) return null
  const waiting = Number(status.pending + status.requested)
  const off = state.clockAhead !== null && Math.abs(state.clockAhead) > CLOCK_OFF ? state.clockAhead : null
  return (
    <div className={classes.form}>
      <Fields
        fields={[
          [t('workspace.connection.server'), <code key="url">{state.url}</code>],
          [
            t('workspace.connection.how'),
            <StatusBadge
              key="how"
              tone={syncTone(status)}
              label={t(`workspace.connection.state.${syncTone(status)}`)}
            />,
          ],
          ...(status.failure ? [[t('workspace.connection.why'), failure.text] as const] : []),
          [
            t('workspace.connection.lastSync'),
            status.lastSyncAt === null ? (
              t('shell.status.neverSynced')
            ) : (
              <When key="last" at={status.lastSyncAt} detail="second" />
            ),
          ],
          [
            t('workspace.connection.waits'),
            <a key="waits" href={href}>
              {waiting === 0 && status.review === 0n
                ? t('workspace.connection.nothingWaits')
                : t('workspace.connection.counts', { waiting, review: Number(status.review) })}
            </a>,
          ],
          [
            t('workspace.connection.others'),
            t(state.live ? 'workspace.connection.atOnce' : 'workspace.connection.nowAndThen'),
          ],
        ]}
      />
      {off === null ? null : (
        <div className={classes.notice} role="status">
          <span>{t('workspace.connection.clock', { minutes: Math.round(Math.abs(off) / 60_000) })}</span>
        </div>
      )}
      <div className={classes.buttons}>
        <Button variant="filled" onClick={() => void sync.now()} loading={sync.busy}>
          {t('workspace.connection.syncNow')}
        </Button>
        {may(contract.sync.connection.disconnect) ? (
          <Button onClick={() => setLeaving(true)}>{t('workspace.connection.disconnect')}</Button>
        ) : null}
      </div>
      <KeptHere />
      <Leave opened={leaving} waiting={waiting + Number(status.review)} onClose={() => setLeaving(false)} />
    </div>
  )
}

function Leave(props: { readonly opened: boolean; readonly waiting: number; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const core = useCore()
  const [keep, setKeep] = useState<'copy' | 'nothing'>('copy')
  return (
    <FormDialog
      opened={props.opened}
      onClose={props.onClose}
      title={t('workspace.connection.leaveTitle')}
      submit={t('workspace.connection.disconnect')}
      size="md"
      onSubmit={async () => {
        await ask(core, contract.sync.connection.disconnect, { keep, evenWaiting: props.waiting > 0 })
      }}
    >
      {props.waiting > 0 ? (
        <div className={classes.notice} role="alert">
          <span>{t('workspace.connection.leaveWaiting', { count: props.waiting })}</span>
        </div>
      ) : null}
      <Radio.Group value={keep} onChange={value => setKeep(value as typeof keep)}>
        <div className={classes.roles}>
          <Radio
            value="copy"
            label={t('workspace.connection.keepCopy')}
            description={t('workspace.connection.keepCopyText')}
          />
          <Radio
            value="nothing"
            label={t('workspace.connection.keepNothing')}
            description={t('workspace.connection.keepNothingText')}
          />
        </div>
      </Radio.Group>
    </FormDialog>
  )
}
