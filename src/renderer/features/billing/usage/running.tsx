import { Button } from '@mantine/core'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import type { Job } from '#renderer/app/core/use-job.ts'
import { RunningJob } from '#renderer/app/import/running-job.tsx'

/** The receipt that a job of usage names, in its result or in what it failed with. */
function importOf(data: unknown): string | null {
  if (typeof data === 'string') return data
  const id = (data as { importId?: unknown } | null | undefined)?.importId
  return typeof id === 'string' ? id : null
}

/** Usage that is coming in. */
export function RunningUsage({ jobId }: { readonly jobId: string }) {
  const { t } = useTranslation()
  const go = useGo()
  const onEnd = useCallback(
    (job: Job) => {
      const importId = importOf(job.result)
      if (job.state === 'done' && importId !== null)
        go(`/billing/usage?receipt=${importId}`, { replace: true })
    },
    [go],
  )
  return (
    <RunningJob
      jobId={jobId}
      onEnd={onEnd}
      words={{
        title: t('billing.usage.running.title'),
        text: t('billing.usage.running.text'),
        failed: t('billing.usage.running.failed'),
        cancelled: t('billing.usage.running.cancelled'),
        cancel: t('billing.usage.running.cancel'),
      }}
      again={{ label: t('billing.usage.another'), run: () => go('/billing/usage?new=1') }}
      afterFailure={data => {
        const refused = importOf(data)
        return refused === null ? null : (
          <Button onClick={() => go(`/billing/usage?receipt=${refused}`)}>
            {t('shell.import.problems')}
          </Button>
        )
      }}
    />
  )
}
