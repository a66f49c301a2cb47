import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { canonicalJson } from '#shared/canonical.ts'
import classes from '../catalogue.module.css'
import type { MetricShown, PriceShown, VersionShown } from '../words.ts'
import { partsOf } from './price-rows.ts'

/** The prices of a version with their tiers, a table for each currency. */
export function PriceTables({
  version,
  before,
  metrics,
}: {
  readonly version: VersionShown
  /** The version before it, which what changed is marked against. */
  readonly before: VersionShown | null
  readonly metrics: ReadonlyMap<string, MetricShown>
}) {
  const { t } = useTranslation()
  if (version.prices.length === 0) return <p>{t('billing.plans.noPrices')}</p>
  return [...Map.groupBy(version.prices, price => price.currency)].map(([currency, prices]) => (
    <PriceTable key={currency} currency={currency} prices={prices} before={before} metrics={metrics} />
  ))
}

function PriceTable({
  currency,
  prices,
  before,
  metrics,
}: {
  readonly currency: string
  readonly prices: readonly PriceShown[]
  readonly before: VersionShown | null
  readonly metrics: ReadonlyMap<string, MetricShown>
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const earlier = new Map(
    before?.prices.flatMap(price => (price.currency === currency ? [[price.key, price] as const] : [])),
  )
  const gone = [...earlier.values()].filter(price => !prices.some(one => one.key === price.key))
  return (
    <>
      <table className={classes.table} aria-label={`${t('billing.plans.prices')} ${currency}`}>
        <thead>
          <tr>
            <th>{t('billing.plans.price')}</th>
            <th>{t('billing.plans.quantity')}</th>
            <th data-align="end">{currency}</th>
            <th data-align="end">{t('billing.plans.flatFee')}</th>
          </tr>
        </thead>
        <tbody>
          {prices.map(price => {
            const metric = price.metricId === null ? undefined : metrics.get(price.metricId)
            const parts = partsOf(price, metric?.unit ?? '', t, format)
            return (
              <Fragment key={price.key}>
                {parts.map((part, index) => (
                  <tr key={part.quantity}>
                    {index === 0 ? (
                      <td rowSpan={parts.length}>
                        <PriceName price={price} earlier={earlier} marked={before !== null} />
                      </td>
                    ) : null}
                    <td>{part.quantity}</td>
                    <td data-align="end">{part.unit}</td>
                    <td data-align="end">{part.flat}</td>
                  </tr>
                ))}
              </Fragment>
            )
          })}
        </tbody>
      </table>
      {gone.length > 0 ? (
        <p className={classes.facts}>
          {t('billing.plans.gone', { names: gone.map(price => price.name).join(', ') })}
        </p>
      ) : null}
    </>
  )
}

function PriceName({
  price,
  earlier,
  marked,
}: {
  readonly price: PriceShown
  readonly earlier: ReadonlyMap<string, PriceShown>
  readonly marked: boolean
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const was = earlier.get(price.key)
  const { model } = price.charge
  const details = [
    t(`billing.plans.model.${model}`),
    ...(model === 'flat' ? [t(`billing.plans.${price.due}`)] : []),
    ...(price.minimum === null
      ? []
      : [t('billing.plans.minimum', { amount: format.decimal(price.minimum) })]),
    ...(price.maximum === null
      ? []
      : [t('billing.plans.maximum', { amount: format.decimal(price.maximum) })]),
    ...(price.interval ? [t(`billing.interval.${price.interval}`)] : []),
    ...(price.trueUp
      ? [
          price.minimumInterval
            ? t('billing.pricing.trueUpEvery', { interval: t(`billing.interval.${price.minimumInterval}`) })
            : t('billing.pricing.trueUp'),
        ]
      : []),
    ...(price.floorPercent
      ? [t('billing.pricing.floor', { percent: format.decimal(price.floorPercent) })]
      : []),
    ...(price.proration === 'second' ? [] : [t(`billing.plans.proration.${price.proration}`)]),
  ]
  const mark = !marked
    ? null
    : !was
      ? t('billing.plans.fresh')
      : same(was, price)
        ? null
        : t('billing.plans.changed')
  return (
    <>
      {price.name}
      {mark ? <span className={classes.mark}>{mark}</span> : null}
      <div className={classes.facts} title={t(`billing.plans.modelMeaning.${model}`)}>
        {details.join(' · ')}
      </div>
    </>
  )
}

function same({ id: _a, ...one }: PriceShown, { id: _b, ...other }: PriceShown): boolean {
  return canonicalJson(one) === canonicalJson(other)
}
