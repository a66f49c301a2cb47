import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { contract } from '#shared/contract/index.ts'
import type { VersionShown } from '../words.ts'
import type { VersionName } from './timeline.tsx'

export interface PlanOption {
  readonly planId: string
  readonly version: VersionShown
  readonly name: VersionName
  readonly label: string
}

/** The plans that can be subscribed to in a currency, each with its newest version. */
export function usePlanOptions(currency: string): {
  readonly options: PlanOption[]
  readonly ready: boolean
} {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useCoreQuery(contract.billing.plan.list, {})
  const options = useMemo(
    () =>
      (data?.plans ?? []).flatMap((plan): PlanOption[] => {
        const version = plan.latest
        if (!plan.active || !version) return []
        const priced = version.prices.filter(price => price.currency === currency)
        if (priced.length === 0 && version.prices.length > 0) return []
        const fees = priced.flatMap(price => (price.charge.model === 'flat' ? [price.charge.amount] : []))
        const fee = fees.length === 1 && fees[0] !== '0' ? fees[0] : undefined
        const words = fee
          ? `${format.decimal(fee)} ${currency} ${t(`billing.interval.${version.interval}`)}`
          : t(`billing.interval.${version.interval}`)
        const name = { plan: plan.name, number: version.number }
        return [{ planId: plan.id, version, name, label: `${plan.name} – ${words}` }]
      }),
    [data, currency, format, t],
  )
  return { options, ready: data !== undefined }
}
