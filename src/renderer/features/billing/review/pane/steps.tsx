import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import { type Format, useFormat } from '#renderer/ui/format/use-format.tsx'
import type { RatingStep } from '#shared/contract/billing/prices.ts'
import { readable } from './exact.ts'
import classes from './pane.module.css'

type PriceStep = Extract<RatingStep, { step: 'price' }>

/** How a quantity became an amount, step by step in plain words, with the exact amount after each. */
export function Steps({
  steps,
  unit,
  currency,
}: {
  readonly steps: readonly RatingStep[]
  readonly unit: string
  readonly currency: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <table className={classes.small} aria-label={t('billing.review.why.steps')}>
      <thead>
        <tr>
          <th scope="col">{t('billing.review.why.step')}</th>
          <th scope="col">{t('billing.review.why.what')}</th>
          <th scope="col" data-figure>
            {`${t('billing.review.why.exact')} ${currency}`}
          </th>
        </tr>
      </thead>
      <tbody>
        {steps.map((step, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a rating have an order and no other identity
          <tr key={i} data-step={step.step}>
            <th scope="row">{t(`billing.review.step.${step.step}.name`)}</th>
            <td className={classes.words}>{stepText(step, unit, t, format)}</td>
            <td data-figure>{'amount' in step ? <Exact amount={step.amount} /> : ''}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Exact({ amount }: { readonly amount: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { decimal, fraction } = readable(amount)
  return fraction === null ? (
    format.decimal(decimal)
  ) : (
    <span title={t('billing.review.why.exactly', { fraction })}>{`${format.decimal(decimal)}…`}</span>
  )
}

/** A step of a rating as a sentence. */
export function stepText(step: RatingStep, unit: string, t: TFunction, format: Format): string {
  const figure = (exact: string) => {
    const { decimal, fraction } = readable(exact)
    return `${format.decimal(decimal)}${fraction === null ? '' : '…'}`
  }
  switch (step.step) {
    case 'normalise': {
      const quantity = format.decimal(step.quantity)
      if (step.aggregation === null || step.events === null)
        return t('billing.review.step.normalise.plain', { quantity, unit }).replace(' .', '.')
      return t('billing.review.step.normalise.of', {
        aggregation: t(`billing.review.step.normalise.aggregation.${known(step.aggregation, AGGREGATIONS)}`),
        events: t('billing.review.why.events', {
          count: step.events,
          formatted: format.integer(step.events),
        }),
        quantity,
        unit,
      }).replace(' .', '.')
    }
    case 'price':
      return priceText(step, unit, t, format)
    case 'sum':
      return t('billing.review.step.sum.text')
    case 'override':
      return t('billing.review.step.override.text', { reason: step.reason })
    case 'true-up':
      return t('billing.review.step.true-up.text', {
        minimum: format.decimal(step.minimum),
        charged: format.decimal(step.charged),
      })
    case 'prorate':
      return `${t('billing.review.step.prorate.text', {
        used: format.decimal(step.used),
        whole: format.decimal(step.whole),
        unit: t(`billing.review.step.prorate.${step.unit}`),
      })}, ${t(`billing.review.step.prorate.mode.${step.mode}`)}`
    case 'discount':
      return t('billing.review.step.discount.text', { percent: step.percent, off: figure(step.off) })
    case 'maximum':
    case 'minimum':
      return t(`billing.review.step.${step.step}.${step.applied ? 'applied' : 'not'}`, {
        limit: figure(step.limit),
      })
    case 'coupon': {
      const { code, order, unused } = step
      const facts = { code, order, from: figure(step.from) }
      const text =
        step.percent === null
          ? t('billing.review.step.coupon.amount', { ...facts, off: figure(step.off ?? '0') })
          : t('billing.review.step.coupon.percent', { ...facts, percent: step.percent })
      return unused === null
        ? text
        : `${text} ${t('billing.review.step.coupon.unused', { unused: figure(unused) })}`
    }
    case 'coupon-back':
      return t('billing.review.step.coupon-back.text', { code: step.code, given: figure(step.given) })
    case 'volume': {
      const { contract, measure, percent, spent, from, taken } = step
      const facts = { contract, measure: figure(measure), percent: figure(percent), spent: figure(spent) }
      const text = `${t(`billing.review.step.volume.${step.mode}`, facts)} ${t(
        'billing.review.step.volume.from',
        { from: figure(from) },
      )}`
      return taken === null
        ? text
        : `${text} ${t('billing.review.step.volume.taken', { taken: figure(taken) })}`
    }
    case 'volume-back': {
      const { contract, given } = step
      return t('billing.review.step.volume-back.text', { contract, given: figure(given) })
    }
    case 'commitment': {
      const { contract, committed, counted } = step
      return t('billing.review.step.commitment.text', {
        ...{ contract, committed: figure(committed), counted: figure(counted) },
      })
    }
    case 'overage': {
      const { contract, committed, counted, over, percent } = step
      return t('billing.review.step.overage.text', {
        ...{ contract, committed: figure(committed), counted: figure(counted), over: figure(over) },
        percent: figure(percent),
      })
    }
    case 'minimum-invoice': {
      const { contract, minimum, net } = step
      const key = contract === '' ? ('own' as const) : ('text' as const)
      return t(`billing.review.step.minimum-invoice.${key}`, {
        ...{ contract, minimum: figure(minimum), net: figure(net) },
      })
    }
    case 'billed':
      return t('billing.review.step.billed.text', { billed: figure(step.billed) })
    case 'round':
      return t('billing.review.step.round.text', {
        places: step.places,
        exact: figure(step.exact),
        amount: format.decimal(step.amount),
      })
  }
}

const AGGREGATIONS = [
  ...(['count', 'sum', 'max', 'latest'] as const),
  ...(['min', 'average', 'unique-count', 'weighted-sum'] as const),
] as const
const MODELS = [
  'flat',
  'standard',
  'graduated',
  'volume',
  'package',
  'percentage',
  'graduated-percentage',
  'dynamic',
] as const

function priceText(step: PriceStep, unit: string, t: TFunction, format: Format): string {
  const text = t('billing.review.step.price.text', {
    model: t(`billing.review.step.model.${known(step.model, MODELS)}`),
    formula: step.formula.replace(/\d+(\.\d+)?/g, number => format.decimal(number)),
  })
  if (!step.filter) return text
  const { name, quantity } = step.filter
  return t('billing.review.step.price.of', {
    ...{
      filter: name ?? t('billing.review.step.price.rest'),
      quantity: format.decimal(quantity),
      unit,
      text,
    },
  }).replace(' .', '.')
}

function known<T extends string>(text: string, all: readonly T[]): T | 'other' {
  return all.find(one => one === text) ?? 'other'
}

/** The tiers of a price with the part of the quantity that lies in each. */
export function Tiers({
  step,
  unit,
  currency,
}: {
  readonly step: PriceStep
  readonly unit: string
  readonly currency: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const tiered = step.parts.some(({ tier }) => tier !== null)
  if (!tiered) return null
  const dash = '–'
  // A column in which nothing stands takes room from those that say something.
  const once = step.parts.some(({ flat }) => flat !== null)
  return (
    <table className={classes.small} data-tight aria-label={t('billing.review.why.tiers')}>
      <caption>
        {t('billing.review.why.tiers')}
        {step.filter?.name ? `: ${step.filter.name}` : ''}
      </caption>
      <thead>
        <tr>
          <th scope="col" data-figure>
            {t('billing.review.why.from')}
          </th>
          <th scope="col" data-figure>
            {t('billing.review.why.upTo')}
          </th>
          <th scope="col" data-figure>
            {unit === '' ? t('billing.review.why.inTier') : t('billing.review.why.inTierUnit', { unit })}
          </th>
          <th scope="col" data-figure>
            {t('billing.review.why.unitPrice')}
          </th>
          {once ? (
            <th scope="col" data-figure>
              {t('billing.review.why.flat')}
            </th>
          ) : null}
          <th scope="col" data-figure>{`${t('billing.review.why.tierAmount')} ${currency}`}</th>
        </tr>
      </thead>
      <tbody>
        {step.parts.map(part => (
          <tr key={part.tier ?? 0}>
            <th scope="row" data-figure>
              {part.above === null ? '0' : format.decimal(part.above)}
            </th>
            <td data-figure>
              {part.upTo === null ? t('billing.review.why.noEnd') : format.decimal(part.upTo)}
            </td>
            <td data-figure>{format.decimal(part.quantity)}</td>
            <td data-figure>
              {part.percent
                ? `${format.decimal(part.percent)} %`
                : part.unit === null
                  ? dash
                  : format.decimal(part.unit)}
            </td>
            {once ? <td data-figure>{part.flat === null ? dash : format.decimal(part.flat)}</td> : null}
            <td data-figure>
              <Exact amount={part.amount} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
