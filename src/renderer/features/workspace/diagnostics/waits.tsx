import { useTranslation } from 'react-i18next'
import type { OutputOf } from '#renderer/app/core/hooks.ts'
import { Chart } from '#renderer/ui/chart/chart.tsx'
import { formatDuration } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import type { contract } from '#shared/contract/index.ts'
import classes from '../workspace.module.css'

type Waits = OutputOf<typeof contract.workspace.diagnostics.get>['waits']

const QUANTILES = ['p50', 'p95', 'p99', 'p999', 'max'] as const

/** How long people's reads and writes took: quantiles as figures, and the whole as histograms. */
export function Waits({ waits }: { readonly waits: Waits }) {
  const { t } = useTranslation()
  const format = useFormat()
  const rows = waits.flatMap(wait => [
    {
      key: `${wait.kind}-waited`,
      kind: wait.kind,
      what: t('workspace.diagnostics.waited'),
      figures: wait.waited,
    },
    {
      key: `${wait.kind}-total`,
      kind: wait.kind,
      what: t('workspace.diagnostics.total'),
      figures: wait.total,
    },
  ])
  return (
    <Section title={t('workspace.diagnostics.waits')}>
      <p>{t('workspace.diagnostics.waitsText')}</p>
      <table className={classes.table}>
        <thead>
          <tr>
            <th scope="col" />
            <th scope="col" data-align="end">
              {t('workspace.diagnostics.count')}
            </th>
            {QUANTILES.map(quantile => (
              <th key={quantile} scope="col" data-align="end">
                {t(`workspace.diagnostics.${quantile}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.key}>
              <th scope="row">{`${t(`workspace.diagnostics.kind.${row.kind}`)} · ${row.what}`}</th>
              <td data-align="end">{format.integer(row.figures.count)}</td>
              {QUANTILES.map(quantile => (
                <td key={quantile} data-align="end">
                  {row.figures.count === 0 ? '–' : formatDuration(row.figures[quantile])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div className={classes.histograms}>
        {waits
          .filter(wait => wait.total.count > 0)
          .map(wait => (
            <div key={wait.kind} className={classes.histogram}>
              <Chart
                label={t('workspace.diagnostics.chart', {
                  kind: t(`workspace.diagnostics.kind.${wait.kind}`),
                })}
                type="bar"
                categoryLabel={t('workspace.diagnostics.upTo')}
                categories={wait.total.buckets.map(bucket => formatDuration(bucket.upTo))}
                series={[
                  {
                    id: wait.kind,
                    label: t('workspace.diagnostics.chart', {
                      kind: t(`workspace.diagnostics.kind.${wait.kind}`),
                    }),
                    values: wait.total.buckets.map(bucket => bucket.count),
                  },
                ]}
                unit={t('workspace.diagnostics.calls')}
              />
            </div>
          ))}
      </div>
    </Section>
  )
}
