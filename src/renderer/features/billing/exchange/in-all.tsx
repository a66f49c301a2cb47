import { useTranslation } from 'react-i18next'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'

/**
 * Amounts of several currencies as one in the workspace's, with the rates, their days and sources. Where one of the
 * rates is missing nothing is converted, and it says which; nothing is said where all is of the workspace's currency, or
 * it has none.
 */
export function InAll({
  amounts,
  what,
}: {
  readonly amounts: readonly { readonly currency: string; readonly amount: bigint }[]
  /** What it is that is added, before the amount. */
  readonly what?: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useCoreQuery(
    contract.billing.exchange.convert,
    { amounts: [...amounts] },
    { enabled: amounts.length > 0 },
  )
  if (!data || data.currency === null) return null
  const foreign = data.converted.filter(one => one.parts.length > 0)
  if (foreign.length === 0 && data.missing.length === 0) return null
  if (data.missing.length > 0)
    return (
      <p className={classes.facts}>
        {t('billing.exchange.inAllMissing', {
          ...{ currency: data.currency, currencies: data.missing.join(', '), count: data.missing.length },
        })}
      </p>
    )
  const { figure, code } = format.money(data.total, data.currency)
  return (
    <p className={classes.facts}>
      {what === undefined ? null : `${what} `}
      {t('billing.exchange.inAll', { amount: `${figure} ${code}` })}
      {', '}
      <RatesSaid parts={foreign.flatMap(one => one.parts)} />
    </p>
  )
}

type Part = OutputOf<typeof contract.billing.exchange.convert>['converted'][number]['parts'][number]

/** By which rates it was converted: each with its day, and who published them. */
export function RatesSaid({ parts }: { readonly parts: readonly Part[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const known = new Map(parts.map(one => [`${one.base}/${one.quote}/${one.day}`, one]))
  const rates = [...known.values()].map(one =>
    t('billing.exchange.rateOf', { ...one, rate: format.decimal(one.rate), day: format.day(one.day) }),
  )
  const sources = [...new Set(parts.map(part => part.source))]
  return t('billing.exchange.by', { rates: rates.join(', '), sources: sources.join('; ') })
}
