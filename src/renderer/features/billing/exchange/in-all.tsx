import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'

/**
 * Amounts of several currencies as one in the workspace's, with the days and sources of the rates. Nothing where they
 * are of the workspace's currency alone, or it has none, or nothing could be converted.
 */
export function InAll({
  amounts,
}: {
  readonly amounts: readonly { readonly currency: string; readonly amount: bigint }[]
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
  if (foreign.length === 0) return null
  const { figure, code } = format.money(data.total, data.currency)
  const amount = `${figure} ${code}`
  const days = [...new Set(foreign.map(one => one.day))].sort().map(day => format.day(day))
  const sources = [...new Set(foreign.flatMap(one => one.parts.map(part => part.source)))]
  return (
    <p className={classes.facts}>
      {data.missing.length === 0
        ? t('billing.exchange.inAll', { amount })
        : t('billing.exchange.inAllWithout', { amount, currencies: data.missing.join(', ') })}
      {', '}
      {t('billing.exchange.by', { days: days.join(', '), sources: sources.join('; ') })}
    </p>
  )
}
