import { Tooltip } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCloudCheck,
  IconCloudOff,
  IconCloudUp,
  IconDeviceDesktop,
  IconExclamationCircle,
  IconHourglass,
  IconLoader,
  IconPlugConnectedX,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '#renderer/state/connection.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { useErrorWords } from '#renderer/ui/page/error-words.ts'
import { contract } from '#shared/contract/index.ts'
import { useHref } from '../address.ts'
import { useCoreQuery } from '../core/hooks.ts'
import { useSession } from './session.ts'
import classes from './shell.module.css'
import { type SyncStatus, syncTone } from './sync-words.ts'

/** The strip at the bottom: how the workspace and the core are, and what is under way. */
export function StatusStrip() {
  const { t } = useTranslation()
  const phase = useConnection(state => state.phase)
  const generation = useConnection(state => state.generation)
  const unanswered = useConnection(state => state.unanswered)
  return (
    <footer className={classes.strip}>
      <LinkState />
      {phase === 'open' ? <SyncState /> : null}
      {unanswered > 0 ? (
        <span className={classes.stripItem}>
          <IconLoader size={14} aria-hidden="true" />
          {t('shell.status.saving', { count: unanswered })}
        </span>
      ) : null}
      <span className={classes.spacer} />
      <RunningJobs />
      {generation !== null ? (
        <Tooltip label={t('shell.status.generationHint', { generation })}>
          <span className={classes.stripItem}>{t('shell.status.generation', { generation })}</span>
        </Tooltip>
      ) : null}
    </footer>
  )
}

/** Whether the server answers, and what waits for it; or that this machine has the last word. */
function SyncState() {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const outbox = useHref('/workspace/outbox')
  const connection = useHref('/workspace/connection')
  const { data } = useCoreQuery(contract.sync.status, {})
  if (!data) return null
  // A page that the server itself serves has nobody else to wait for.
  if (data.authority === 'server') return null
  if (data.authority === 'standalone')
    return (
      <Tooltip label={t('shell.status.standaloneHint')}>
        <a className={classes.stripItem} data-tone="ok" href={connection}>
          <IconDeviceDesktop size={14} aria-hidden="true" />
          {t('shell.status.standalone')}
        </a>
      </Tooltip>
    )
  const pending = Number(data.pending)
  const requested = Number(data.requested)
  const review = Number(data.review)
  return (
    <>
      <ServerState status={data} href={outbox} />
      {pending > 0 ? (
        <a className={classes.stripJob} href={outbox}>
          <IconCloudUp size={14} aria-hidden="true" />
          {t('shell.status.pending', { count: pending })}
        </a>
      ) : null}
      {requested > 0 ? (
        <a className={classes.stripJob} href={outbox}>
          <IconHourglass size={14} aria-hidden="true" />
          {t('shell.status.requested', { count: requested })}
        </a>
      ) : null}
      {review > 0 ? (
        <a className={classes.stripJob} href={outbox} data-tone="warning">
          <IconAlertTriangle size={14} aria-hidden="true" />
          {t('shell.status.review', { count: review })}
        </a>
      ) : null}
      <a className={classes.stripItem} href={outbox}>
        {data.lastSyncAt === null
          ? t('shell.status.neverSynced')
          : t('shell.status.lastSync', {
              time: format.relative(Math.min(Number(data.lastSyncAt), now), now) ?? t('ui.when.now'),
            })}
      </a>
    </>
  )
}

const TONE_ICONS = {
  ok: IconCloudCheck,
  running: IconLoader,
  warning: IconCloudOff,
  critical: IconExclamationCircle,
} as const

/** Word, icon and colour of the server, and why, where it does not answer. */
function ServerState({ status, href }: { readonly status: SyncStatus; readonly href: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const failure = useErrorWords(status.failure)
  const tone = syncTone(status)
  const Icon = TONE_ICONS[tone]
  const words = {
    ok: () => t('shell.status.online'),
    running: () => t('shell.status.joining'),
    warning: () =>
      t('shell.status.offline', {
        time: format.instant(status.offlineSince ?? status.lastSyncAt ?? BigInt(Date.now())),
      }),
    critical: () => t('shell.status.stopped'),
  }
  return (
    <Tooltip label={failure.text} disabled={status.failure === null} multiline maw={420}>
      <a className={classes.stripItem} data-tone={tone} href={href}>
        <Icon size={14} aria-hidden="true" />
        {words[tone]()}
        {status.failure === null ? null : <span className="qd-visually-hidden">{failure.text}</span>}
      </a>
    </Tooltip>
  )
}

function LinkState() {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const phase = useConnection(state => state.phase)
  const lostAt = useConnection(state => state.lostAt)
  if (phase === 'open') return <output className="qd-visually-hidden" />
  const since =
    lostAt !== null && now - lostAt > 20_000
      ? ` · ${t('shell.status.offline', { time: format.instant(lostAt) })}`
      : ''
  const words =
    phase === 'connecting'
      ? t('shell.status.connecting')
      : phase === 'lost'
        ? `${t('shell.status.reconnecting')}${since}`
        : t('shell.status.refused')
  return (
    <output className={classes.stripItem} data-tone={phase === 'refused' ? 'critical' : 'warning'}>
      <IconPlugConnectedX size={14} aria-hidden="true" />
      {words}
    </output>
  )
}

function RunningJobs() {
  const { t } = useTranslation()
  const { person } = useSession()
  const href = useHref('/workspace/jobs')
  const { data } = useCoreQuery(
    contract.workspace.jobs.list,
    { state: 'running', limit: 20 },
    { enabled: person !== null },
  )
  const [job] = data?.jobs ?? []
  if (!data || !job) return null
  const share = job.total !== null && job.total > 0n ? Number((job.done * 1000n) / job.total) / 1000 : null
  return (
    <a className={classes.stripJob} href={href}>
      <span>{t('shell.status.job', { count: data.jobs.length })}</span>
      {share === null ? null : (
        <>
          <span className={classes.stripBar} aria-hidden="true">
            <div style={{ transform: `scaleX(${share})` }} />
          </span>
          <span>{`${Math.round(share * 100)} %`}</span>
        </>
      )}
    </a>
  )
}
