import { Alert, Button, Radio } from '@mantine/core'
import { keepPreviousData } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo, useHref } from '#renderer/app/address.ts'
import { type InputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
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
import { When } from '#renderer/ui/display/when.tsx'
import { formatBytes } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Figures, Page, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { finops } from '#shared/contract/finops.ts'
import { BatchTable } from './batch-table.tsx'
import classes from './imports.module.css'
import { NeededColumns } from './needed-columns.tsx'
import { type Inspection, type Reading, ReadingControls } from './reading-controls.tsx'
import { useFormatWord } from './states.ts'

type Overlap = NonNullable<InputOf<typeof finops.imports.start>['overlap']>

const startImport = defineAction<{ label: string; run: () => void }>(finops.imports.start, {
  label: ({ label }) => label,
  key: 'Mod+Enter',
  run: ({ run }) => run(),
})

/** What would come in, and how: nothing is stored before the person says so. */
export function BillPreview({ fileId }: { readonly fileId: string }) {
  const { t } = useTranslation()
  const go = useGo()
  const [reading, setReading] = useState<Reading>({})
  const seen = useCoreQuery(
    finops.imports.inspect,
    { fileId, reading },
    { placeholderData: keepPreviousData },
  )
  if (seen.error) {
    return (
      <Page title={t('finops.imports.preview.title')}>
        <ErrorState centred error={seen.error} onRetry={() => go('/finops/bills?new=1')} />
      </Page>
    )
  }
  if (!seen.data) {
    return (
      <Page title={t('finops.imports.preview.title')} subtitle={t('finops.imports.preview.reading')}>
        <LoadingState rows={12} />
      </Page>
    )
  }
  return (
    <Preview inspection={seen.data} reading={reading} onReading={setReading} stale={seen.isPlaceholderData} />
  )
}

function Preview(props: {
  readonly inspection: Inspection
  readonly reading: Reading
  readonly onReading: (reading: Reading) => void
  readonly stale: boolean
}) {
  const { inspection } = props
  const { t } = useTranslation()
  const formatWord = useFormatWord()
  const go = useGo()
  const format = useFormat()
  const toasts = useToasts()
  const start = useCommand(finops.imports.start)
  const overlapping = inspection.batches.some(batch => batch.replaces !== null)
  const { demo } = useSession().workspace
  const recoveryNeeded = useRecoveryNeeded()
  const [intoDemo, setIntoDemo] = useState(false)
  const [mode, setMode] = useState<ImportMode>('all-or-nothing')
  const [overlap, setOverlap] = useState<Overlap>('refuse')
  const receipt = useHref(`/finops/bills?receipt=${inspection.already?.importId ?? ''}`)
  const blocked =
    inspection.needed.length > 0 ||
    inspection.already !== null ||
    (overlapping && overlap === 'refuse') ||
    (demo && !intoDemo) ||
    recoveryNeeded
  const run = () => {
    if (blocked || start.running) return
    const { fileId, name: fileName } = inspection.file
    start.run({ fileId, fileName, reading: props.reading, mode, overlap, intoDemo }).then(
      ({ jobId }) => go(`/finops/bills?job=${jobId}`),
      error => toasts.fail(error),
    )
  }
  const known = inspection.columns.filter(column => column.known).length
  return (
    <Page
      title={t('finops.imports.preview.title')}
      subtitle={`${inspection.file.name}, ${formatBytes(inspection.file.size)}`}
      actions={
        <>
          <Button onClick={() => go('/finops/bills?new=1')}>{t('finops.imports.start.another')}</Button>
          <OfferedButton
            primary
            action={startImport}
            context={{ label: t('finops.imports.start.button'), run }}
            disabled={blocked || props.stale}
            loading={start.running}
          />
        </>
      }
      answer={
        <>
          <Figures
            figures={[
              {
                label: t('finops.imports.preview.format'),
                value: formatWord(inspection.format, inspection.version),
              },
              { label: t('finops.imports.column.lines'), value: format.integer(inspection.lines) },
              ...inspection.totals.map(total => ({
                label: `${t('finops.measure.effective')} ${total.currency}`,
                value: format.decimal(total.effective),
              })),
              {
                label: t('finops.imports.preview.problems'),
                value: format.integer(inspection.problemCount),
              },
              ...(inspection.noticeCount === 0
                ? []
                : [
                    {
                      label: t('finops.imports.preview.notices'),
                      value: format.integer(inspection.noticeCount),
                    },
                  ]),
            ]}
          />
          <p className={classes.note}>
            {t(inspection.complete ? 'finops.imports.preview.whole' : 'finops.imports.preview.part', {
              lines: format.integer(inspection.lines),
            })}
          </p>
        </>
      }
      text
    >
      <RecoveryNotice />
      {inspection.already ? (
        <Alert color="yellow" title={t('finops.imports.preview.alreadyTitle')}>
          <When at={inspection.already.at} /> – {t('finops.imports.preview.already')}{' '}
          <a href={receipt}>{t('finops.imports.preview.alreadyOpen')}</a>
        </Alert>
      ) : null}
      {demo ? (
        <IntoDemo
          words={{
            title: t('finops.imports.start.demoTitle'),
            text: t('finops.imports.start.demoText'),
            yes: t('finops.imports.start.intoDemo'),
          }}
          checked={intoDemo}
          onChange={setIntoDemo}
        />
      ) : null}
      <NeededColumns {...props} />
      {inspection.unsure.map(what => (
        <Alert key={what} color="yellow" title={t('finops.imports.preview.unsureTitle')}>
          {t(`finops.imports.preview.unsure.${what}`)}
        </Alert>
      ))}
      <ReadingControls {...props} />
      <BatchTable
        batches={inspection.batches}
        more={{
          head: t('finops.imports.preview.overlap'),
          cell: ({ replaces }) =>
            replaces
              ? t('finops.imports.preview.overlapWith', {
                  file: replaces.fileName,
                  lines: format.integer(replaces.lines),
                })
              : t('finops.imports.preview.overlapNone'),
        }}
      />
      <Section title={t('finops.imports.start.title')}>
        <div className={classes.choices}>
          <ModeChoice
            words={{
              label: t('finops.imports.start.mode'),
              allOrNothing: t('finops.imports.start.allOrNothing'),
              goodRows: t('finops.imports.start.goodRows'),
            }}
            mode={mode}
            onMode={setMode}
          />
          {overlapping ? (
            <Radio.Group
              label={t('finops.imports.start.overlap')}
              value={overlap}
              onChange={value => setOverlap(value as Overlap)}
            >
              <Radio mt={4} value="refuse" label={t('finops.imports.start.refuse')} />
              <Radio mt={4} value="replace" label={t('finops.imports.start.replace')} />
              <Radio mt={4} value="add" label={t('finops.imports.start.add')} />
            </Radio.Group>
          ) : null}
        </div>
      </Section>
      <Section title={t('finops.imports.preview.totals')}>
        <SmallTable
          label={t('finops.imports.preview.totals')}
          head={[
            t('finops.imports.receipt.currency'),
            ...(['billed', 'effective', 'list', 'contracted'] as const).map(name =>
              t(`finops.measure.${name}`),
            ),
          ]}
          figures={[1, 2, 3, 4]}
          rows={inspection.totals.map(total => [
            total.currency,
            ...[total.billed, total.effective, total.list, total.contracted].map(amount =>
              format.decimal(amount),
            ),
          ])}
        />
      </Section>
      <PreviewProblems
        title={t('finops.imports.preview.problems')}
        none={t('finops.imports.preview.noProblems')}
        problems={inspection.problems}
      />
      <FirstRows title={t('finops.imports.preview.rows')} rows={inspection.rows} />
      <Section title={t('finops.imports.preview.columns')}>
        <p className={classes.note}>
          {t('finops.imports.preview.columnsFound', { known, kept: inspection.columns.length - known })}
          {inspection.missing.length > 0
            ? ` ${t('finops.imports.preview.missing', { columns: inspection.missing.join(', ') })}`
            : ''}
        </p>
        <SmallTable
          label={t('finops.imports.preview.columns')}
          head={[
            t('finops.imports.preview.sourceColumn'),
            t('finops.imports.preview.targetColumn'),
            t('finops.imports.preview.kind'),
          ]}
          rows={[
            ...inspection.columns.map(column => [
              column.source,
              column.target ?? t('finops.imports.preview.kept'),
              column.kind,
            ]),
            ...inspection.assumed.map(({ column, value }) => [
              t('finops.imports.preview.assumed', { value }),
              column,
              '',
            ]),
          ]}
        />
      </Section>
    </Page>
  )
}
