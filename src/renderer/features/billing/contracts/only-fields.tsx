import { MultiSelect } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { contract } from '#shared/contract/index.ts'
import classes from './contracts.module.css'

/** For which plans and metrics a part of a contract is; nothing chosen: for everything. */
export function OnlyFields({
  planIds,
  metricIds,
  onChange,
}: {
  readonly planIds: readonly string[]
  readonly metricIds: readonly string[]
  readonly onChange: (part: { planIds?: string[]; metricIds?: string[] }) => void
}) {
  const { t } = useTranslation()
  const plans = useCoreQuery(contract.billing.plan.list, {})
  const metrics = useCoreQuery(contract.billing.metric.list, {})
  return (
    <div className={classes.row}>
      <MultiSelect
        label={t('billing.contracts.plans')}
        searchable
        data={(plans.data?.plans ?? []).map(plan => ({ value: plan.id, label: plan.name }))}
        value={[...planIds]}
        onChange={value => onChange({ planIds: value })}
      />
      <MultiSelect
        label={t('billing.contracts.metrics')}
        searchable
        data={(metrics.data?.metrics ?? []).map(metric => ({ value: metric.id, label: metric.name }))}
        value={[...metricIds]}
        onChange={value => onChange({ metricIds: value })}
      />
    </div>
  )
}
