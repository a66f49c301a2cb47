import { MultiSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import type { PaysFor } from '#shared/contract/billing/wallets.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'

const NOTHING: PaysFor = { planIds: [], metricIds: [], products: [] }
const idOf = ({ planId, key }: PaysFor['products'][number]) => `${planId}/${key}`

/** What a wallet or a grant pays for: plans, metrics, products; nothing chosen: everything. */
export function PaysForFields({
  value,
  onChange,
}: {
  readonly value: PaysFor | null
  readonly onChange: (value: PaysFor | null) => void
}) {
  const { t } = useTranslation()
  const plans = useCoreQuery(contract.billing.plan.list, {})
  const metrics = useCoreQuery(contract.billing.metric.list, {})
  const chosen = value ?? NOTHING
  const change = (part: Partial<PaysFor>) => {
    const next = { ...chosen, ...part }
    onChange(Object.values(next).some(names => names.length > 0) ? next : null)
  }
  const all = plans.data?.plans ?? []
  const products = all.flatMap(plan => {
    const names = new Map(plan.latest?.prices.map(price => [price.key, price.name]))
    return [...names].map(([key, name]) => ({
      ...{ planId: plan.id, key },
      label: `${plan.name}: ${name}`,
    }))
  })
  return (
    <>
      <div className={classes.two}>
        <MultiSelect
          label={`${t('billing.wallets.paysFor')}: ${t('billing.wallets.paysForPlans')}`}
          description={t('billing.wallets.paysForHint')}
          searchable
          data={all.map(plan => ({ value: plan.id, label: plan.name }))}
          value={chosen.planIds}
          onChange={planIds => change({ planIds })}
        />
        <MultiSelect
          label={`${t('billing.wallets.paysFor')}: ${t('billing.wallets.paysForMetrics')}`}
          description={t('billing.wallets.paysForHint')}
          searchable
          data={(metrics.data?.metrics ?? []).map(metric => ({ value: metric.id, label: metric.name }))}
          value={chosen.metricIds}
          onChange={metricIds => change({ metricIds })}
        />
      </div>
      <MultiSelect
        label={`${t('billing.wallets.paysFor')}: ${t('billing.wallets.paysForProducts')}`}
        description={t('billing.wallets.paysForProductsHint')}
        searchable
        data={products.map(product => ({ value: idOf(product), label: product.label }))}
        value={chosen.products.map(idOf)}
        onChange={ids =>
          change({
            products: products
              .filter(product => ids.includes(idOf(product)))
              .map(({ planId, key }) => ({ planId, key })),
          })
        }
      />
    </>
  )
}

/** What something pays for, by names; null where it pays for everything. */
export function usePaysFor(): (paysFor: PaysFor | null) => string | null {
  const { t } = useTranslation()
  const plans = useCoreQuery(contract.billing.plan.list, {})
  const metrics = useCoreQuery(contract.billing.metric.list, {})
  return paysFor => {
    if (paysFor === null) return null
    const plan = (id: string) => plans.data?.plans.find(one => one.id === id)
    const names = [
      ...paysFor.planIds.map(id => plan(id)?.name),
      ...paysFor.metricIds.map(id => metrics.data?.metrics.find(one => one.id === id)?.name),
      ...paysFor.products.map(({ planId, key }) => {
        const of = plan(planId)
        return of && `${of.name}: ${of.latest?.prices.find(price => price.key === key)?.name ?? key}`
      }),
    ]
    return t('billing.wallets.paysForOnly', { names: names.map(name => name ?? '–').join(', ') })
  }
}
