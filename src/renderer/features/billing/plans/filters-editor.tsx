import { ActionIcon, Button, Select, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from '../catalogue.module.css'
import type { MetricShown } from '../words.ts'
import { MODELS, type Model, nextId } from './charge-draft.ts'
import { ChargeFields } from './charge-fields.tsx'
import { emptyFilter, type FilterDraft } from './draft.ts'

const CHARGES = MODELS.filter(model => model !== 'flat')

/** The charges of a price for events with some values of a property; all others have the price's own. */
export function FiltersEditor({
  filters,
  metric,
  onChange,
}: {
  readonly filters: readonly FilterDraft[]
  readonly metric: MetricShown | undefined
  readonly onChange: (filters: FilterDraft[]) => void
}) {
  const { t } = useTranslation()
  const keys = metric?.groupBy ?? []
  const put = (id: number, part: Partial<FilterDraft>) =>
    onChange(filters.map(one => (one.id === id ? { ...one, ...part } : one)))
  if (keys.length === 0 && filters.length === 0)
    return metric ? (
      <p className={classes.facts}>{t('billing.pricing.editor.noKeys', { metric: metric.name })}</p>
    ) : null
  return (
    <fieldset className={classes.at}>
      <legend>{t('billing.pricing.editor.filters')}</legend>
      <p>{t('billing.pricing.editor.filtersText')}</p>
      {filters.map((one, index) => (
        <div key={one.id} className={classes.filter}>
          <div className={classes.fieldsRow}>
            <TextInput
              label={t('billing.pricing.editor.filterName')}
              maxLength={120}
              value={one.name}
              onChange={event => put(one.id, { name: event.currentTarget.value })}
            />
            <Select
              label={t('billing.editor.model')}
              allowDeselect={false}
              data={CHARGES.map(value => ({ value, label: t(`billing.plans.model.${value}`) }))}
              value={one.charge.model}
              onChange={value => put(one.id, { charge: { ...one.charge, model: value as Model } })}
            />
            <ActionIcon
              mt={22}
              aria-label={t('billing.pricing.editor.removeFilter', { name: one.name || index + 1 })}
              onClick={() => onChange(filters.filter(other => other.id !== one.id))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          </div>
          <Values filter={one} keys={keys} onChange={values => put(one.id, { values })} />
          <ChargeFields
            draft={one.charge}
            onChange={part => put(one.id, { charge: { ...one.charge, ...part } })}
          />
        </div>
      ))}
      <div className={classes.row}>
        <Button onClick={() => onChange([...filters, emptyFilter(keys[0] ?? '')])}>
          {t('billing.pricing.editor.addFilter')}
        </Button>
      </div>
    </fieldset>
  )
}

function Values({
  filter,
  keys,
  onChange,
}: {
  readonly filter: FilterDraft
  readonly keys: readonly string[]
  readonly onChange: (values: FilterDraft['values']) => void
}) {
  const { t } = useTranslation()
  const { values } = filter
  const left = keys.filter(key => !values.some(one => one.property === key))
  const put = (id: number, part: Partial<FilterDraft['values'][number]>) =>
    onChange(values.map(one => (one.id === id ? { ...one, ...part } : one)))
  return (
    <>
      {values.map(one => (
        <div key={one.id} className={classes.fieldsRow}>
          <Select
            label={t('billing.pricing.editor.filterProperty')}
            allowDeselect={false}
            data={[...new Set([one.property, ...left])].filter(key => key !== '')}
            value={one.property}
            onChange={property => property && put(one.id, { property })}
          />
          <TextInput
            label={t('billing.pricing.editor.filterValues')}
            title={t('billing.pricing.editor.filterValuesHint')}
            value={one.values}
            onChange={event => put(one.id, { values: event.currentTarget.value })}
          />
          {values.length > 1 ? (
            <ActionIcon
              mt={22}
              aria-label={t('billing.pricing.editor.removeProperty', { property: one.property })}
              onClick={() => onChange(values.filter(other => other.id !== one.id))}
            >
              <IconTrash size={16} />
            </ActionIcon>
          ) : null}
        </div>
      ))}
      {left.length > 0 ? (
        <div className={classes.row}>
          <Button
            variant="default"
            onClick={() => onChange([...values, { id: nextId(), property: left[0]!, values: '' }])}
          >
            {t('billing.pricing.editor.addProperty')}
          </Button>
        </div>
      ) : null}
    </>
  )
}
