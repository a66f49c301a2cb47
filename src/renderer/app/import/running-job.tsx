import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { Progress } from '#renderer/ui/display/progress.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { useCancelJob } from '../core/use-cancel-job.ts'
import { type Job, useJob } from '../core/use-job.ts'

const cancel = defineAction<{ label: string; run: () => void }>(contract.workspace.jobs.cancel, {
  label: ({ label }) => label,
  key: 'Mod+.',
  danger: true,
  run: ({ run }) => run(),
})

export interface RunningJobProps {
  readonly jobId: string
  /** The job has come to its end; leave for what it made. Must not change from drawing to drawing. */
  readonly onEnd: (job: Job) => void
  readonly words: {
    readonly title: string
    /** That the page can be left. */
    readonly text: string
    readonly failed: string
    readonly cancelled: string
    readonly cancel: string
    /** Until the job says itself what it is doing. */
    readonly reading?: string
  }
  /** The way back to the beginning. */
  readonly again: { readonly label: string; readonly run: () => void }
  /** What else there is to see of a job that failed. */
  readonly afterFailure?: (data: unknown) => ReactNode
}

/** A job that one waits for, as a page: how far it is, and how to stop it. The page can be left: it goes on. */
export function RunningJob({ jobId, onEnd, words, again, afterFailure }: RunningJobProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const toasts = useToasts()
  const stop = useCancelJob()
  const [stopping, setStopping] = useState(false)
  const job = useJob(jobId, onEnd)
  const back = (
    <Button variant="filled" onClick={again.run}>
      {again.label}
    </Button>
  )
  if (!job) {
    return (
      <Page title={words.title}>
        <LoadingState />
      </Page>
    )
  }
  if (job.state === 'failed') {
    return (
      <Page title={words.failed} text>
        <ErrorState error={job.failure} title={words.failed} />
        {afterFailure?.(job.failure?.data)} {back}
      </Page>
    )
  }
  if (job.state === 'cancelled') {
    return (
      <Page title={words.title} text>
        <EmptyState title={words.cancelled} actions={back} />
      </Page>
    )
  }
  const share = job.total === null || job.total === 0n ? null : Number(job.done) / Number(job.total)
  return (
    <Page
      title={words.title}
      text
      actions={
        <OfferedButton
          action={cancel}
          context={{
            label: words.cancel,
            run: () => {
              setStopping(true)
              stop(jobId)
                .catch(error => toasts.fail(error))
                .finally(() => setStopping(false))
            },
          }}
          loading={stopping || job.cancelRequested}
        />
      }
    >
      <Progress
        label={job.phase === '' ? (words.reading ?? t('shell.import.reading')) : job.phase}
        share={share}
        detail={job.total === null ? format.integer(job.done) : undefined}
      />
      <p>{words.text}</p>
    </Page>
  )
}
