import { Tooltip } from '@mantine/core'
import { IconCloudCheck, IconDeviceDesktop, IconLoader, IconPlugConnectedX } from '@tabler/icons-react'
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
  const { workspace } = useSession()
  const phase = useConnection(state => state.phase)
  const generation = useConnection(state => state.generation)
  const unanswered = useConnection(state => state.unanswered)
  return (
    <footer className={classes.strip}>
      <LinkState />
      {phase === 'open' && workspace.authority === 'standalone' ? (
        <Tooltip label={t('shell.status.standaloneHint')}>
          <span className={classes.stripItem} data-tone="ok">
            <IconDeviceDesktop size={14} aria-hidden="true" />
            {t('shell.status.standalone')}
          </span>
        </Tooltip>
      ) : null}
      {phase === 'open' && workspace.authority !== 'standalone' ? (
        <span className={classes.stripItem} data-tone="ok">
          <IconCloudCheck size={14} aria-hidden="true" />
          {t('shell.status.online')}
        </span>
      ) : null}
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
