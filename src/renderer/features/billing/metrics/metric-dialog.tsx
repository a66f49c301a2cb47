import { Checkbox, NumberInput, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { Aggregation } from '#shared/contract/billing/catalog.ts'
import { Key } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import { keyFrom } from '../key-from.ts'

const { metric: leaf } = contract.billing
const ROUNDINGS = ['none', 'round', 'ceil', 'floor'] as const
const EXCESS = ['refuse', 'round'] as const
const CARRIED: readonly Aggregation[] = ['sum', 'max', 'min', 'latest']

interface Words {
  readonly id: string
  readonly name: string
  readonly unit: string
}

/** Adds a metric, or changes its words: what it measures is fixed. */
export function MetricDialog({
  metric,
  onClose,
}: {
  readonly metric: Words | null
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const create = useCommand(leaf.create)
  const edit = useCommand(leaf.edit)
  const said = useSaidWithUndo()
  const [name, setName] = useState(metric?.name ?? '')
  const [unit, setUnit] = useState(metric?.unit ?? '')
  const [typedKey, setKey] = useState<string | null>(null)
  const [aggregation, setAggregation] = useState<Aggregation>('sum')
  const [property, setProperty] = useState('')
  const [scale, setScale] = useState(0)
  const [excess, setExcess] = useState<(typeof EXCESS)[number]>('round')
  const [groupBy, setGroupBy] = useState('')
  const [rounding, setRounding] = useState<(typeof ROUNDINGS)[number]>('none')
  const [places, setPlaces] = useState(0)
  const [carries, setCarries] = useState(false)
  const key = typedKey ?? keyFrom(name)
  const badKey = key !== '' && !Key.safeParse(key).success
  const groups = groupBy.split(',').flatMap(part => part.trim() || [])
  const counts = aggregation === 'unique-count'
  const ready =
    name.trim() !== '' &&
    (metric !== null || (key !== '' && !badKey && groups.length <= 4 && (!counts || property.trim() !== '')))
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={metric ? t('billing.metrics.editTitle', { name: metric.name }) : t('billing.metrics.addTitle')}
      submit={metric ? t('billing.metrics.save') : t('billing.metrics.add')}
      ready={ready}
      onSubmit={async () => {
        const commandId = newCommandId()
        const words = { name: name.trim(), unit: unit.trim() }
        if (metric) await edit.run({ metricId: metric.id, ...words }, commandId)
        else
          await create.run(
            {
              ...{ key, ...words, aggregation, scale, excess, groupBy: groups },
              property: counts ? property.trim() : null,
              rounding: rounding === 'none' ? null : { mode: rounding, places },
              carries: carries && CARRIED.includes(aggregation),
            },
            commandId,
          )
        said(t(metric ? 'billing.metrics.saved' : 'billing.metrics.added', { name: words.name }), commandId)
      }}
    >
      <TextInput
        data-autofocus
        label={t('billing.metrics.name')}
        maxLength={120}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('billing.metrics.unit')}
        description={t('billing.metrics.unitHint')}
        maxLength={40}
        value={unit}
        onChange={event => setUnit(event.currentTarget.value)}
      />
      {metric ? (
        <p>{t('billing.metrics.fixed')}</p>
      ) : (
        <>
          <TextInput
            label={t('billing.metrics.key')}
            description={t('billing.metrics.keyHint')}
            value={key}
            error={badKey ? t('billing.customers.badKey') : undefined}
            onChange={event => setKey(event.currentTarget.value)}
          />
          <Select
            label={t('billing.metrics.aggregation')}
            allowDeselect={false}
            data={Aggregation.options.map(value => ({
              value,
              label: t(`billing.metrics.aggregations.${value}`),
            }))}
            value={aggregation}
            onChange={value => setAggregation(value as Aggregation)}
          />
          {counts ? (
            <TextInput
              label={t('billing.metrics.property')}
              required
              maxLength={60}
              value={property}
              onChange={event => setProperty(event.currentTarget.value)}
            />
          ) : null}
          {CARRIED.includes(aggregation) ? (
            <Checkbox
              label={t('billing.metrics.carries')}
              description={t('billing.metrics.carriesHint')}
              checked={carries}
              onChange={event => setCarries(event.currentTarget.checked)}
            />
          ) : null}
          <NumberInput
            label={t('billing.metrics.scale')}
            description={t('billing.metrics.scaleHint')}
            min={0}
            max={9}
            allowDecimal={false}
            value={scale}
            onChange={value => setScale(Number(value) || 0)}
          />
          <Select
            label={t('billing.metrics.excess')}
            allowDeselect={false}
            data={EXCESS.map(value => ({ value, label: t(`billing.metrics.excesses.${value}`) }))}
            value={excess}
            onChange={value => setExcess(value as typeof excess)}
          />
          <Select
            label={t('billing.metrics.rounding')}
            allowDeselect={false}
            data={ROUNDINGS.map(value => ({ value, label: t(`billing.metrics.roundings.${value}`) }))}
            value={rounding}
            onChange={value => setRounding(value as typeof rounding)}
          />
          {rounding === 'none' ? null : (
            <NumberInput
              label={t('billing.metrics.places')}
              min={0}
              max={scale}
              allowDecimal={false}
              value={places}
              onChange={value => setPlaces(Math.min(Number(value) || 0, scale))}
            />
          )}
          <TextInput
            label={t('billing.metrics.groupBy')}
            description={t('billing.metrics.groupByHint')}
            error={groups.length > 4}
            value={groupBy}
            onChange={event => setGroupBy(event.currentTarget.value)}
          />
          <p>{t('billing.metrics.fixed')}</p>
        </>
      )}
    </FormDialog>
  )
}
