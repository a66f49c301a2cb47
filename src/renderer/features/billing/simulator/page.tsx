import { IconCopy, IconPlus } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Chart } from '#renderer/ui/chart/chart.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useCopy } from '#renderer/ui/overlay/toast.tsx'
import { Page, Section } from '#renderer/ui/page/page.tsx'
import type { PriceTerms } from '#shared/contract/billing/prices.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { monthSpan } from './month-span.ts'
import { Outcome } from './outcome.tsx'
import { PriceForm } from './price-form.tsx'
import {
  curveOf,
  FIRST,
  paramsOf,
  quantitiesTo,
  reachOf,
  type Simulation,
  simulationOf,
} from './simulation.ts'
import { UsageForm } from './usage-form.tsx'

/** Any price on any usage, by the engine that bills: typed in, saved or pasted; two of them side by side. */
export function SimulatorPage() {
  const { t } = useTranslation()
  const { params, setParams } = useAddress()
  const simulation = useMemo(() => simulationOf(params), [params])
  const { prices, usage } = simulation
  const [a, b] = prices
  const metrics = useCoreQuery(contract.billing.metric.list, {})
  const { zone } = useFormat()
  const copy = useCopy()
  const put = (part: Partial<Simulation>) =>
    setParams(paramsOf({ ...simulation, ...part }), { replace: true })
  const actions = {
    compare: defineAction('ui.billing.simulator.compare', {
      label: () => t('billing.pricing.simulator.compare'),
      key: 'v',
      icon: IconPlus,
      when: () => b === null,
      run: () => put({ prices: [a, a ?? FIRST] }),
    }),
    share: defineAction('ui.billing.simulator.share', {
      label: () => t('billing.pricing.simulator.share'),
      key: 'l',
      icon: IconCopy,
      run: () => copy(location.href, t('billing.pricing.simulator.shared')),
    }),
  }
  useActions(Object.values(actions).map(action => bindAction(action, undefined)))
  const metric =
    usage.kind === 'customer' ? metrics.data?.metrics.find(one => one.id === usage.metricId) : undefined
  const span = usage.kind === 'customer' ? monthSpan(usage.month, zone) : null
  const names = [
    b === null ? t('billing.pricing.simulator.price') : t('billing.pricing.simulator.priceA'),
    t('billing.pricing.simulator.priceB'),
  ] as const
  return (
    <Page
      title={t('billing.pricing.simulator.title')}
      subtitle={t('billing.pricing.simulator.subtitle')}
      actions={
        <>
          <ActionButton action={actions.share} context={undefined} />
          <ActionButton action={actions.compare} context={undefined} />
        </>
      }
    >
      <div className={classes.padded}>
        <div className={classes.simulator}>
          <div>
            <UsageForm usage={usage} onUsage={next => put({ usage: next })} />
            <PriceForm label={names[0]} price={a} onPrice={next => put({ prices: [next, b] })} />
            {b === null ? null : (
              <PriceForm
                label={names[1]}
                price={b}
                onPrice={next => put({ prices: [a, next] })}
                onRemove={() => put({ prices: [a, null] })}
              />
            )}
          </div>
          <div>
            <div className={b === null ? undefined : classes.two}>
              {prices.map((price, index) =>
                price === null ? null : (
                  <Outcome
                    key={names[index]}
                    label={names[index]!}
                    {...{ price, usage, span }}
                    unit={metric?.unit ?? ''}
                  />
                ),
              )}
            </div>
            <Curve
              prices={prices}
              quantity={usage.kind === 'quantity' ? Number(usage.quantity) : 0}
              names={names}
            />
          </div>
        </div>
      </div>
    </Page>
  )
}

/** What the prices come to over the quantity. */
function Curve({
  prices,
  quantity,
  names,
}: {
  readonly prices: readonly (PriceTerms | null)[]
  readonly quantity: number
  readonly names: readonly string[]
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { quantities, series } = useMemo(() => {
    const points = quantitiesTo(reachOf(prices, Number.isFinite(quantity) ? quantity : 0))
    return {
      quantities: points,
      series: prices.flatMap((price, index) =>
        price === null
          ? []
          : [
              {
                id: String(index),
                label: `${names[index]} ${price.currency}`,
                values: curveOf(price, points),
              },
            ],
      ),
    }
  }, [prices, quantity, names])
  const currencies = new Set(prices.flatMap(price => (price ? [price.currency] : [])))
  if (series.every(one => one.values.every(value => value === null))) return null
  return (
    <Section title={t('billing.pricing.simulator.curve')}>
      <div className={classes.chart}>
        <Chart
          label={t('billing.pricing.simulator.curve')}
          type="line"
          unit={currencies.size === 1 ? [...currencies][0]! : ''}
          categoryLabel={t('billing.pricing.simulator.quantity')}
          categories={quantities.map(text => format.decimal(text))}
          series={series}
        />
      </div>
    </Section>
  )
}
