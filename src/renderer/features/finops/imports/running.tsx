import { Button } from '@mantine/core'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import type { Job } from '#renderer/app/core/use-job.ts'
import { RunningJob } from '#renderer/app/import/running-job.tsx'
import { ImportResult } from '#shared/contract/finops-imports.ts'

/** A bill that is coming in. */
export function RunningImport({ jobId }: { readonly jobId: string }) {
  const { t } = useTranslation()
  const go = useGo()
  const onEnd = useCallback(
    (job: Job) => {
      const result = ImportResult.safeParse(job.result)
      if (job.state === 'done' && result.success)
        go(`/finops/bills?receipt=${result.data.importId}`, { replace: true })
    },
    [go],
  )
  return (
    <RunningJob
      jobId={jobId}
      onEnd={onEnd}
      words={{
        title: t('finops.imports.running.title'),
        text: t('finops.imports.running.text'),
        failed: t('finops.imports.running.failed'),
        cancelled: t('finops.imports.running.cancelled'),
        cancel: t('finops.imports.running.cancel'),
      }}
      again={{ label: t('finops.imports.start.another'), run: () => go('/finops/bills?new=1') }}
      afterFailure={data => {
        const refused = (data as { importId?: string } | null)?.importId
        return refused ? (
          <Button onClick={() => go(`/finops/bills?receipt=${refused}`)}>{t('shell.import.problems')}</Button>
        ) : null
      }}
    />
  )
}
