import { Tooltip } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCloudCheck,
  IconCloudOff,
  IconDeviceDesktop,
  IconLoader,
  IconPlugConnectedX,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '#renderer/state/connection.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { contract } from '#shared/contract/index.ts'
import { useHref } from '../address.ts'
import { useCoreQuery } from '../core/hooks.ts'
import { useSession } from './session.ts'
import classes from './shell.module.css'

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

/** Whether the backend answers, and what waits for it; or that this machine has the last word. */
function SyncState() {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const href = useHref('/workspace/outbox')
  const { data } = useCoreQuery(contract.sync.status, {})
  if (!data) return null
  const waiting = Number(data.pending + data.requested)
  const review = Number(data.review)
  return (
    <>
      {data.authority === 'standalone' ? (
        <Tooltip label={t('shell.status.standaloneHint')}>
          <span className={classes.stripItem} data-tone="ok">
            <IconDeviceDesktop size={14} aria-hidden="true" />
            {t('shell.status.standalone')}
          </span>
        </Tooltip>
      ) : data.offlineSince === null ? (
        <span className={classes.stripItem} data-tone="ok">
          <IconCloudCheck size={14} aria-hidden="true" />
          {t('shell.status.online')}
        </span>
      ) : (
        <span className={classes.stripItem} data-tone="warning">
          <IconCloudOff size={14} aria-hidden="true" />
          {t('shell.status.offline', { time: format.instant(data.offlineSince) })}
        </span>
      )}
      {waiting > 0 ? (
        <a className={classes.stripJob} href={href}>
          {t('shell.status.pending', { count: waiting })}
        </a>
      ) : null}
      {review > 0 ? (
        <a className={classes.stripJob} href={href} data-tone="warning">
          <IconAlertTriangle size={14} aria-hidden="true" />
          {t('shell.status.review', { count: review })}
        </a>
      ) : null}
      {data.authority === 'connected' ? (
        <span className={classes.stripItem}>
          {data.lastSyncAt === null
            ? t('shell.status.neverSynced')
            : t('shell.status.lastSync', { time: format.relative(data.lastSyncAt, now) ?? t('ui.when.now') })}
        </span>
      ) : null}
    </>
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
