import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { ask, type OutputOf, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { ReceiptProblems, useFileFields } from '#renderer/app/import/receipt-parts.tsx'
import { Comments } from '#renderer/features/workspace/comments/comments.tsx'
import { formatBytes } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Fields, Figures, Page, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { usage as leaf } from '#shared/contract/billing/usage.ts'
import shared from '../billing.module.css'

/** What became of a file of usage: what was stored, known, refused and late, and why. */
export function UsageReceipt({ importId }: { readonly importId: string }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useCoreQuery(leaf.imports.get, { importId })
  if (data) return <Receipt data={data} />
  return (
    <Page title={t('billing.usage.title')} text>
      {error ? <ErrorState error={error} onRetry={() => void refetch()} /> : <LoadingState rows={10} />}
    </Page>
  )
}

function Receipt({ data }: { readonly data: OutputOf<typeof leaf.imports.get> }) {
  const { t, i18n } = useTranslation()
  const go = useGo()
  const core = useCore()
  const format = useFormat()
  const { id: importId } = data
  const problems = useCoreQuery(leaf.imports.problems, { importId, limit: 500 })
  const fileFields = useFileFields(data, {
    when: t('billing.usage.column.when'),
    who: t('billing.usage.column.who'),
    digest: t('billing.usage.receipt.digest'),
  })
  const word = (code: string) => {
    const key = `billing.usage.problem.${code}`
    return i18n.exists(key) ? (i18n.t as (key: string) => string)(key) : code
  }
  return (
    <Page
      title={t('billing.usage.receipt.of', { file: data.fileName })}
      text
      actions={
        <>
          <Button onClick={() => go('/billing/usage?new=1')}>{t('billing.usage.another')}</Button>
          <Button variant="filled" onClick={() => go('/billing/close')}>
            {t('billing.usage.receipt.close')}
          </Button>
        </>
      }
      answer={
        <>
          <Figures
            figures={[
              { label: t('billing.usage.receipt.read'), value: format.integer(data.read) },
              { label: t('billing.usage.receipt.stored'), value: format.integer(data.stored) },
              { label: t('billing.usage.receipt.duplicates'), value: format.integer(data.duplicates) },
              { label: t('billing.usage.receipt.refused'), value: format.integer(data.refused) },
              { label: t('billing.usage.receipt.late'), value: format.integer(data.late) },
            ]}
          />
          {data.late > 0n ? (
            <p className={shared.note}>{t('billing.usage.receipt.lateText')}</p>
          ) : data.stored === 0n && data.duplicates > 0n ? (
            <p className={shared.note}>{t('billing.usage.receipt.again')}</p>
          ) : null}
        </>
      }
    >
      {data.metrics.length === 0 ? null : (
        <Section title={t('billing.usage.preview.byMetric')}>
          <SmallTable
            label={t('billing.usage.preview.byMetric')}
            head={[
              t('billing.usage.preview.metric'),
              t('billing.usage.preview.events'),
              t('billing.usage.receipt.inFile'),
              t('billing.usage.receipt.stored'),
              t('billing.usage.receipt.storedNow'),
            ]}
            figures={[1, 2, 3, 4]}
            rows={data.metrics.map(one => [
              one.metric,
              format.integer(one.events),
              format.decimal(one.quantity),
              format.integer(one.storedEvents),
              format.decimal(one.stored),
            ])}
          />
        </Section>
      )}
      {data.problemCounts.length === 0 ? null : (
        <Section title={t('billing.usage.receipt.counts')}>
          <SmallTable
            label={t('billing.usage.receipt.counts')}
            head={[t('billing.usage.receipt.code'), t('billing.usage.receipt.count')]}
            figures={[1]}
            rows={data.problemCounts.map(({ code, count }) => [word(code), format.integer(count)])}
          />
        </Section>
      )}
      <ReceiptProblems
        fileName={data.fileName}
        first={problems.data}
        fetchPage={offset => ask(core, leaf.imports.problems, { importId, offset, limit: 5000 })}
      />
      <Section title={t('billing.usage.receipt.file')}>
        <Fields
          fields={[
            [t('billing.usage.column.format'), data.format.toUpperCase()],
            [t('billing.usage.column.size'), formatBytes(Number(data.size))],
            [
              t('billing.usage.column.span'),
              data.span === null
                ? '–'
                : `${format.instant(data.span.from)} – ${format.instant(data.span.to)}`,
            ],
            ...fileFields,
          ]}
        />
      </Section>
      <Comments about={{ entity: 'usage-import', id: data.id }} />
    </Page>
  )
}
