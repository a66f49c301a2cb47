import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import {
  FirstRows,
  type ImportMode,
  IntoDemo,
  ModeChoice,
  PreviewProblems,
} from '#renderer/app/import/preview-parts.tsx'
import { RecoveryNotice, useRecoveryNeeded } from '#renderer/app/recovery-notice.tsx'
import { useSession } from '#renderer/app/shell/session.ts'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { formatBytes } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Figures, Page, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { usage as leaf } from '#shared/contract/billing/usage.ts'
import shared from '../billing.module.css'

type Inspection = OutputOf<typeof leaf.inspect>

const startImport = defineAction<{ label: string; run: () => void }>(leaf.import, {
  label: ({ label }) => label,
  key: 'mod+enter',
  run: ({ run }) => run(),
})

/** What would come in of a file of usage: nothing is stored before the person says so. */
export function UsagePreview({ fileId }: { readonly fileId: string }) {
  const { t } = useTranslation()
  const go = useGo()
  const seen = useCoreQuery(leaf.inspect, { fileId })
  if (seen.data) return <Preview inspection={seen.data} />
  return (
    <Page
      title={t('billing.usage.preview.title')}
      subtitle={seen.error ? undefined : t('billing.usage.preview.reading')}
    >
      {seen.error ? (
        <ErrorState centred error={seen.error} onRetry={() => go('/billing/usage?new=1')} />
      ) : (
        <LoadingState rows={12} />
      )}
    </Page>
  )
}

function Preview({ inspection }: { readonly inspection: Inspection }) {
  const { t } = useTranslation()
  const go = useGo()
  const format = useFormat()
  const toasts = useToasts()
  const start = useCommand(leaf.import)
  const recoveryNeeded = useRecoveryNeeded()
  const [mode, setMode] = useState<ImportMode>('all-or-nothing')
  const { demo } = useSession().workspace
  const [intoDemo, setIntoDemo] = useState(false)
  const { file, span } = inspection
  const run = () => {
    if (start.running) return
    start.run({ fileId: file.fileId, fileName: file.name, mode, intoDemo }).then(
      ({ jobId }) => go(`/billing/usage?job=${jobId}`),
      error => toasts.fail(error),
    )
  }
  return (
    <Page
      title={t('billing.usage.preview.title')}
      subtitle={`${file.name}, ${formatBytes(file.size)}`}
      text
      actions={
        <>
          <Button onClick={() => go('/billing/usage?new=1')}>{t('billing.usage.another')}</Button>
          <OfferedButton
            primary
            action={startImport}
            context={{ label: t('billing.usage.preview.start'), run }}
            disabled={recoveryNeeded || inspection.rows === 0 || (demo && !intoDemo)}
            loading={start.running}
          />
        </>
      }
      answer={
        <>
          <Figures
            figures={[
              { label: t('billing.usage.preview.rows'), value: format.integer(inspection.rows) },
              { label: t('billing.usage.preview.customers'), value: format.integer(inspection.customers) },
              {
                label: t('billing.usage.preview.metrics'),
                value: format.integer(inspection.metrics.length),
              },
              {
                label: t('billing.usage.preview.span'),
                value:
                  span === null
                    ? '–'
                    : `${format.instant(span.from, 'day')} – ${format.instant(span.to, 'day')}`,
              },
              {
                label: t('billing.usage.preview.problems'),
                value: format.integer(inspection.problemCount),
              },
            ]}
          />
          <p className={shared.note}>
            {t(inspection.complete ? 'billing.usage.preview.whole' : 'billing.usage.preview.part', {
              rows: format.integer(inspection.rows),
            })}
          </p>
        </>
      }
    >
      <RecoveryNotice />
      {demo ? (
        <IntoDemo
          words={{
            title: t('finops.imports.start.demoTitle'),
            text: t('billing.usage.preview.demoText'),
            yes: t('finops.imports.start.intoDemo'),
          }}
          checked={intoDemo}
          onChange={setIntoDemo}
        />
      ) : null}
      <Section title={t('billing.usage.preview.how')}>
        <ModeChoice
          words={{
            label: t('billing.usage.preview.mode'),
            allOrNothing: t('billing.usage.preview.allOrNothing'),
            goodRows: t('billing.usage.preview.goodRows'),
          }}
          mode={mode}
          onMode={setMode}
        />
      </Section>
      {inspection.metrics.length === 0 ? null : (
        <Section title={t('billing.usage.preview.byMetric')}>
          <SmallTable
            label={t('billing.usage.preview.byMetric')}
            head={[
              t('billing.usage.preview.metric'),
              t('billing.usage.preview.events'),
              t('billing.usage.preview.quantity'),
            ]}
            figures={[1, 2]}
            rows={inspection.metrics.map(one => [
              one.metric,
              format.integer(one.events),
              format.decimal(one.quantity),
            ])}
          />
        </Section>
      )}
      <PreviewProblems
        title={t('billing.usage.preview.problems')}
        none={t('billing.usage.preview.noProblems')}
        problems={inspection.problems}
      />
      <FirstRows title={t('billing.usage.preview.first')} rows={inspection.first} />
    </Page>
  )
}
