import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { PriceTerms, RateOutput } from '#shared/contract/billing/prices.ts'
import { contract } from '#shared/contract/index.ts'
import { placeWords } from '#shared/input-words.ts'
import classes from '../catalogue.module.css'
import { Steps, Tiers } from '../review/pane/steps.tsx'
import { simulate, type Usage } from './simulation.ts'

/** What a price makes of the usage: the amount, and every step of it. */
export function Outcome({
  label,
  price,
  usage,
  span,
  unit,
}: {
  readonly label: string
  readonly price: PriceTerms
  readonly usage: Usage
  /** The month of a customer, in the workspace's zone. */
  readonly span: { readonly from: bigint; readonly to: bigint } | null
  readonly unit: string
}) {
  const { t } = useTranslation()
  if (usage.kind === 'customer')
    return span ? <OfCustomer label={label} price={price} usage={usage} span={span} unit={unit} /> : null
  const result = simulate(price, usage)
  if (result.ok) return <Rated label={label} rated={result.rated} unit={unit} />
  return (
    <section aria-label={label}>
      <h3>{label}</h3>
      <p className={classes.refused} role="alert">
        {result.reason === null
          ? t('billing.pricing.simulator.unreadable', { path: placeWords(result.path) })
          : `${placeWords(result.path)}: ${t(`billing.priceFault.${result.reason as 'event-without-price'}`)}.`}
      </p>
    </section>
  )
}

function OfCustomer({
  label,
  price,
  usage,
  span,
  unit,
}: {
  readonly label: string
  readonly price: PriceTerms
  readonly usage: Extract<Usage, { kind: 'customer' }>
  readonly span: { readonly from: bigint; readonly to: bigint }
  readonly unit: string
}) {
  const { t } = useTranslation()
  const { customerId, metricId } = usage
  const query = useCoreQuery(contract.billing.price.simulate, { price, customerId, metricId, ...span })
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState rows={4} />
  return (
    <>
      <Rated label={label} rated={query.data} unit={unit} />
      {query.data.unpriced > 0 ? (
        <p className={classes.note}>
          {t('billing.pricing.simulator.unpriced', { count: query.data.unpriced })}
        </p>
      ) : null}
    </>
  )
}

function Rated({
  label,
  rated,
  unit,
}: {
  readonly label: string
  readonly rated: RateOutput
  readonly unit: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <section aria-label={label} className={classes.outcome}>
      <div className={classes.row}>
        <h3>{label}</h3>
        <output aria-label={t('billing.editor.previewAmount')}>
          {format.decimal(rated.amount)} {rated.currency}
        </output>
      </div>
      {rated.steps.map((step, index) =>
        step.step === 'price' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a rating have an order and no other identity
          <Tiers key={index} step={step} unit={unit} currency={rated.currency} />
        ) : null,
      )}
      <Steps steps={rated.steps} unit={unit} currency={rated.currency} />
    </section>
  )
}
