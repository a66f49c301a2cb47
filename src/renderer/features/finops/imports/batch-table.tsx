import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#renderer/app/core/hooks.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import type { finops } from '#shared/contract/finops.ts'

type Batch = OutputOf<typeof finops.imports.get>['batches'][number]

/** What a bill consists of: a batch for each source, account and billing period. */
export function BatchTable<B extends Batch>(props: {
  readonly batches: readonly B[]
  /** One more column. */
  readonly more?: { readonly head: string; readonly cell: (batch: B) => ReactNode }
}) {
  const { batches, more } = props
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Section title={t('finops.imports.preview.batches')}>
      <SmallTable
        label={t('finops.imports.preview.batches')}
        head={[
          t('finops.imports.preview.source'),
          t('finops.imports.preview.account'),
          t('finops.imports.preview.period'),
          t('finops.imports.preview.lines'),
          ...(more ? [more.head] : []),
        ]}
        figures={[3]}
        rows={batches.map(batch => [
          batch.source,
          batch.account ?? '–',
          format.month(new Date(Number(batch.period.from)).toISOString().slice(0, 7)),
          format.integer(batch.lines),
          ...(more ? [more.cell(batch)] : []),
        ])}
      />
    </Section>
  )
}
