import { Button } from '@mantine/core'
import { IconListCheck } from '@tabler/icons-react'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { RunningJob } from '#renderer/app/import/running-job.tsx'
import { useMay } from '#renderer/app/shell/session.ts'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { close as leaf } from '#shared/contract/billing/close.ts'
import { invoices } from '#shared/contract/billing/invoices.ts'
import shared from '../billing.module.css'
import { CloseConfirm, closeAction, useStartClose } from './close-action.tsx'
import { Report } from './report.tsx'

type Run = OutputOf<typeof leaf.get>

const review = defineAction<{ label: string; run: () => void }>('ui.billing.close.review', {
  label: ({ label }) => label,
  key: 'mod+enter',
  icon: IconListCheck,
  run: ({ run }) => run(),
})

/** One run: how far it is while it goes, then what came of it. */
export function RunReport({ runId }: { readonly runId: string }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useCoreQuery(leaf.get, { runId })
  if (error) {
    return (
      <Page title={t('billing.close.title')} text>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Page>
    )
  }
  if (!data) {
    return (
      <Page title={t('billing.close.title')} text>
        <LoadingState />
      </Page>
    )
  }
  return data.report === null ? (
    <Unfinished run={data} onEnd={() => void refetch()} />
  ) : (
    <Finished run={data} />
  )
}

function Unfinished({ run, onEnd }: { readonly run: Run; readonly onEnd: () => void }) {
  const { t } = useTranslation()
  const go = useGo()
  const format = useFormat()
  const month = format.month(run.period)
  const ended = useCallback(() => onEnd(), [onEnd])
  return (
    <RunningJob
      jobId={run.jobId}
      onEnd={ended}
      words={{
        title: t(run.dryRun ? 'billing.close.running.dry' : 'billing.close.running.real', { month }),
        text: t('billing.close.running.text'),
        failed: t(run.dryRun ? 'billing.close.running.failedDry' : 'billing.close.running.failed', { month }),
        cancelled: t(run.dryRun ? 'billing.close.running.cancelledDry' : 'billing.close.running.cancelled', {
          month,
        }),
        cancel: t('billing.close.running.cancel'),
        reading: t('billing.close.running.reading'),
      }}
      again={{
        label: t('billing.close.title'),
        run: () => go(`/billing/close?month=${run.period}`),
      }}
    />
  )
}

function Finished({ run }: { readonly run: Run }) {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const format = useFormat()
  const { begin, running } = useStartClose(run.period)
  const [asking, setAsking] = useState(false)
  const report = run.report!
  const month = format.month(run.period)
  const nothing = report.drafts === 0 && report.extended === 0
  // A dry run leaves no drafts to look at; a close says how its month stands now.
  const drafts = useCoreQuery(
    invoices.summary,
    { filter: { period: run.period, states: ['draft'], search: '' } },
    { enabled: !run.dryRun },
  ).data
  const counted = (count: number) => ({ count, formatted: format.integer(count) })
  const answer = () => {
    if (nothing)
      return t(run.dryRun ? 'billing.close.report.nothingDry' : 'billing.close.report.nothingNew', { month })
    if (report.drafts === 0)
      return t(
        run.dryRun ? 'billing.close.report.wouldExtendOnly' : 'billing.close.report.extendedOnly',
        counted(report.extended),
      )
    const made = t(
      run.dryRun ? 'billing.close.report.wouldBe' : 'billing.close.report.drafts',
      counted(report.drafts),
    )
    const doubtful = run.dryRun ? report.doubtful : drafts?.doubtful
    return doubtful === undefined
      ? made
      : `${made}, ${t(
          run.dryRun ? 'billing.close.report.wouldDoubt' : 'billing.close.report.doubtful',
          counted(doubtful),
        )}`
  }
  return (
    <Page
      title={t(run.dryRun ? 'billing.close.report.dryTitle' : 'billing.close.report.title', { month })}
      subtitle={<When at={run.finishedAt ?? run.startedAt} show="both" />}
      text
      actions={
        <>
          <Button onClick={() => go(`/billing/close?month=${run.period}`)}>{t('billing.close.title')}</Button>
          {run.dryRun ? (
            <OfferedButton
              primary
              action={closeAction}
              context={{
                label: t('billing.close.close', { month }),
                may: may(leaf.start),
                run: () => setAsking(true),
              }}
              loading={running}
              disabled={nothing}
            />
          ) : (
            <OfferedButton
              primary
              action={review}
              context={{
                label: t('billing.close.review'),
                run: () => go(`/billing/invoices?month=${run.period}`),
              }}
            />
          )}
        </>
      }
      answer={<p className={shared.lead}>{answer()}</p>}
    >
      <Report report={report} dryRun={run.dryRun} period={run.period} />
      <CloseConfirm
        month={run.period}
        opened={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => begin(false)}
      />
    </Page>
  )
}
