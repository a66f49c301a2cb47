import { JsonInput, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { monthAfter } from '../month.ts'
import { isBad } from '../plans/charge-draft.ts'
import type { Usage } from './simulation.ts'

const KINDS = ['quantity', 'events', 'customer'] as const
const MONTHS = 24
const SAMPLE = JSON.stringify(
  [
    { id: '1', quantity: '120', at: '2026-10-01T09:00:00Z', properties: { model: 'large', price: '1.20' } },
    { id: '2', quantity: '80', at: '2026-10-02T09:00:00Z', properties: { model: 'small', price: '0.40' } },
  ],
  null,
  2,
)

/** What the prices are tried on: a quantity, events as JSON, or what a customer used in a month. */
export function UsageForm({
  usage,
  onUsage,
}: {
  readonly usage: Usage
  readonly onUsage: (usage: Usage) => void
}) {
  const { t } = useTranslation()
  const customers = useCoreQuery(contract.billing.customer.list, { limit: 500 })
  const metrics = useCoreQuery(contract.billing.metric.list, {})
  const format = useFormat()
  const last = monthAfter(dayOf(useNow(), format.zone).slice(0, 7), -1)
  const first = customers.data?.customers[0]
  const metric = metrics.data?.metrics[0]
  const change = (kind: string) => {
    if (kind === 'quantity') onUsage({ kind, quantity: '2500' })
    if (kind === 'events') onUsage({ kind, events: SAMPLE })
    if (kind === 'customer' && first && metric)
      onUsage({ kind, customerId: first.id, metricId: metric.id, month: last })
  }
  return (
    <section className={classes.price} aria-label={t('billing.pricing.simulator.usage')}>
      <div className={classes.row}>
        <strong>{t('billing.pricing.simulator.usage')}</strong>
        <SegmentedControl
          aria-label={t('billing.pricing.simulator.usage')}
          data={KINDS.map(value => ({
            value,
            label: t(`billing.pricing.simulator.usageOf.${value}`),
            disabled: value === 'customer' && !(first && metric),
          }))}
          value={usage.kind}
          onChange={change}
        />
      </div>
      {usage.kind === 'quantity' ? (
        <TextInput
          label={t('billing.pricing.simulator.quantity')}
          inputMode="decimal"
          w={220}
          value={usage.quantity}
          error={isBad(usage.quantity)}
          onChange={event => onUsage({ kind: 'quantity', quantity: event.currentTarget.value })}
        />
      ) : null}
      {usage.kind === 'events' ? (
        <JsonInput
          label={t('billing.pricing.simulator.events')}
          autosize
          minRows={6}
          maxRows={16}
          value={usage.events}
          onChange={events => onUsage({ kind: 'events', events })}
        />
      ) : null}
      {usage.kind === 'customer' ? (
        <div className={classes.fieldsRow}>
          <Select
            label={t('billing.pricing.simulator.customer')}
            searchable
            limit={100}
            allowDeselect={false}
            data={(customers.data?.customers ?? []).map(one => ({ value: one.id, label: one.name }))}
            value={usage.customerId}
            onChange={customerId => customerId && onUsage({ ...usage, customerId })}
          />
          <Select
            label={t('billing.editor.metric')}
            searchable
            allowDeselect={false}
            data={(metrics.data?.metrics ?? []).map(one => ({ value: one.id, label: one.name }))}
            value={usage.metricId}
            onChange={metricId => metricId && onUsage({ ...usage, metricId })}
          />
          <Select
            label={t('billing.pricing.simulator.month')}
            allowDeselect={false}
            data={Array.from({ length: MONTHS }, (_, index) => monthAfter(last, 1 - index)).map(value => ({
              value,
              label: format.month(value),
            }))}
            value={usage.month}
            onChange={month => month && onUsage({ ...usage, month })}
          />
        </div>
      ) : null}
    </section>
  )
}
