import { Select } from '@mantine/core'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { NotHere } from '#renderer/app/bulk/not-here.tsx'
import { useHere } from '#renderer/app/bulk/use-here.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Chart } from '#renderer/ui/chart/chart.tsx'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { usage } from '#shared/contract/billing/usage.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'

const DAY = 86_400_000
const DAYS = 90

/** What a customer used of one metric, day by day. Metrics have different units, so each has its own chart. */
export function UsageChart({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const today = Math.floor(useNow() / DAY) * DAY
  const [picked, setPicked] = useState<string | null>(null)
  const span = { from: BigInt(today - (DAYS - 1) * DAY), to: BigInt(today + DAY) }
  const query = useCoreQuery(usage.series, { customerId, ...span, grain: 'day' })
  const here = useHere({ kind: 'usage.sums', ...span })
  const known = useCoreQuery(contract.billing.metric.list, {})
  const points = query.data?.points
  const used = useMemo(() => new Set(points?.map(point => point.metricId)), [points])
  const metrics = (known.data?.metrics ?? []).filter(metric => used.has(metric.id))
  const metric = metrics.find(one => one.id === picked) ?? metrics[0]
  const days = Array.from({ length: DAYS }, (_, index) => today - (DAYS - 1 - index) * DAY)
  const byDay = new Map(
    points?.flatMap(point =>
      point.metricId === metric?.id ? [[Number(point.at), point.quantity] as const] : [],
    ),
  )
  return (
    <Section
      title={t('billing.customer.usage')}
      aside={<span className={classes.facts}>{t('billing.customer.usageSpan')}</span>}
    >
      <NotHere here={here} />
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !points || !known.data ? (
        <LoadingState rows={3} />
      ) : !metric ? (
        here.state === 'here' ? (
          <p>{t('billing.customer.usageNone')}</p>
        ) : null
      ) : (
        <div className={classes.chart}>
          <Chart
            label={t('billing.customer.usage')}
            type="bar"
            unit={metric.unit}
            categoryLabel={t('billing.customer.day')}
            categories={days.map(day => format.day(new Date(day).toISOString().slice(0, 10)))}
            series={[
              {
                id: metric.id,
                label: metric.name,
                // A drawing of quantities, which are not billed money; the table has them exact.
                values: days.map(day => Number(byDay.get(day) ?? 0)),
              },
            ]}
            exact={(_, index) => format.decimal(byDay.get(days[index] ?? 0) ?? '0')}
            aside={
              <Select
                size="xs"
                aria-label={t('billing.customer.usageMetric')}
                allowDeselect={false}
                data={metrics.map(one => ({ value: one.id, label: one.name }))}
                value={metric.id}
                onChange={setPicked}
              />
            }
          />
        </div>
      )}
    </Section>
  )
}
