import { Button } from '@mantine/core'
import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '../address.ts'
import type { Job } from '../core/use-job.ts'
import { RunningJob, type RunningJobProps } from './running-job.tsx'

/** The receipt that an import's job names, in its result or in what it failed with. */
export function receiptOf(data: unknown): string | null {
  if (typeof data === 'string') return data
  const id = (data as { importId?: unknown } | null | undefined)?.importId
  return typeof id === 'string' ? id : null
}

/** A file that is coming in: how far it is, then its receipt. */
export function RunningImport(props: {
  readonly jobId: string
  /** The page, such as `/finops/bills`. */
  readonly path: string
  readonly words: RunningJobProps['words'] & { readonly another: string }
}) {
  const { jobId, path } = props
  const { another, ...words } = props.words
  const { t } = useTranslation()
  const go = useGo()
  const onEnd = useCallback(
    (job: Job) => {
      const importId = receiptOf(job.result)
      if (job.state === 'done' && importId !== null) go(`${path}?receipt=${importId}`, { replace: true })
    },
    [go, path],
  )
  return (
    <RunningJob
      jobId={jobId}
      onEnd={onEnd}
      words={words}
      again={{ label: another, run: () => go(`${path}?new=1`) }}
      afterFailure={data => {
        const refused = receiptOf(data)
        return refused === null ? null : (
          <Button onClick={() => go(`${path}?receipt=${refused}`)}>{t('shell.import.problems')}</Button>
        )
      }}
    />
  )
}
