import { Button } from '@mantine/core'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { useCommand } from '#renderer/app/core/hooks.ts'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { Progress } from '#renderer/ui/display/progress.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { ImportResult } from '#shared/contract/finops-imports.ts'
import { contract } from '#shared/contract/index.ts'
import { type Job, useJob } from '../use-job.ts'

const cancel = defineAction<{ label: string; run: () => void }>(contract.workspace.jobs.cancel, {
  label: ({ label }) => label,
  key: 'Mod+.',
  danger: true,
  run: ({ run }) => run(),
})

/** A bill that is coming in. The page can be left: the job goes on. */
export function RunningImport({ jobId }: { readonly jobId: string }) {
  const { t } = useTranslation()
  const go = useGo()
  const format = useFormat()
  const toasts = useToasts()
  const stop = useCommand(contract.workspace.jobs.cancel)
  const onEnd = useCallback(
    (job: Job) => {
      const result = ImportResult.safeParse(job.result)
      if (job.state === 'done' && result.success)
        go(`/finops/bills?receipt=${result.data.importId}`, { replace: true })
    },
    [go],
  )
  const job = useJob(jobId, onEnd)
  const title = t('finops.imports.running.title')
  const again = (
    <Button variant="filled" onClick={() => go('/finops/bills?new=1')}>
      {t('finops.imports.start.another')}
    </Button>
  )
  if (!job) {
    return (
      <Page title={title}>
        <LoadingState />
      </Page>
    )
  }
  if (job.state === 'failed') {
    const refused = (job.failure?.data as { importId?: string } | null)?.importId
    return (
      <Page title={t('finops.imports.running.failed')} text>
        <ErrorState error={job.failure} title={t('finops.imports.running.failed')} />
        {refused ? (
          <Button onClick={() => go(`/finops/bills?receipt=${refused}`)}>
            {t('finops.imports.receipt.problems')}
          </Button>
        ) : null}{' '}
        {again}
      </Page>
    )
  }
  if (job.state === 'cancelled') {
    return (
      <Page title={title} text>
        <EmptyState title={t('finops.imports.running.cancelled')} actions={again} />
      </Page>
    )
  }
  const share = job.total === null || job.total === 0n ? null : Number(job.done) / Number(job.total)
  return (
    <Page
      title={title}
      text
      actions={
        <OfferedButton
          action={cancel}
          context={{
            label: t('finops.imports.running.cancel'),
            run: () => {
              stop.run({ jobId }).catch(error => toasts.fail(error))
            },
          }}
          loading={stop.running || job.cancelRequested}
        />
      }
    >
      <Progress
        label={job.phase === '' ? t('finops.imports.preview.reading') : job.phase}
        share={share}
        detail={job.total === null ? format.integer(job.done) : undefined}
      />
      <p>{t('finops.imports.running.text')}</p>
    </Page>
  )
}
