import { Button, Checkbox, Select, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { CURRENCY_OPTIONS } from '#renderer/features/workspace/choices.ts'
import type { Interval } from '#shared/contract/billing/values.ts'
import classes from '../catalogue.module.css'
import { keyFrom } from '../key-from.ts'
import type { MetricShown } from '../words.ts'
import { isBad, MODELS, type Model } from './charge-draft.ts'
import { ChargeFields } from './charge-fields.tsx'
import { problemText } from './complaint.ts'
import { complaintOfPrice, type PriceDraft, problemsOf } from './draft.ts'
import { FiltersEditor } from './filters-editor.tsx'
import { PricePreview } from './price-preview.tsx'

const PRORATIONS = ['second', 'day', 'day-30', 'none', 'full'] as const
const DUES = ['advance', 'arrears'] as const
const INTERVALS = ['week', 'month', 'quarter', 'year'] as const

/** One price in the making, with what it costs at a quantity that the person tries. */
export function PriceEditor({
  draft,
  metrics,
  onChange,
  onRemove,
}: {
  readonly draft: PriceDraft
  readonly metrics: readonly MetricShown[]
  readonly onChange: (draft: PriceDraft) => void
  readonly onRemove: () => void
}) {
  const { t } = useTranslation()
  const { model } = draft
  const fee = model === 'flat'
  const put = (part: Partial<PriceDraft>) => onChange({ ...draft, ...part })
  const metric = metrics.find(one => one.id === draft.metricId)
  const [problem] = problemsOf(draft, new Map(metrics.map(one => [one.id, one]))) ?? []
  const wrong = problem
    ? problemText(problem, t(`billing.priceFault.${problem.reason}`))
    : complaintOfPrice(draft)
  return (
    <article className={classes.price} aria-label={draft.name || t('billing.editor.addPrice')}>
      <div className={classes.fieldsRow}>
        <TextInput
          label={t('billing.editor.name')}
          maxLength={120}
          value={draft.name}
          onChange={event => put({ name: event.currentTarget.value })}
        />
        <TextInput
          label={t('billing.editor.key')}
          title={t('billing.editor.keyHint')}
          value={draft.key ?? keyFrom(draft.name)}
          onChange={event => put({ key: event.currentTarget.value })}
        />
        <Select
          label={t('billing.editor.model')}
          title={t(`billing.plans.modelMeaning.${model}`)}
          allowDeselect={false}
          data={MODELS.map(value => ({ value, label: t(`billing.plans.model.${value}`) }))}
          value={model}
          onChange={value => put({ model: value as Model })}
        />
        {fee ? null : (
          <Select
            label={t('billing.editor.metric')}
            searchable
            data={metrics.flatMap(one => (one.active ? [{ value: one.id, label: one.name }] : []))}
            value={draft.metricId}
            onChange={metricId => put({ metricId })}
          />
        )}
        <Select
          label={t('billing.editor.currency')}
          searchable
          limit={60}
          allowDeselect={false}
          data={CURRENCY_OPTIONS}
          value={draft.currency}
          onChange={currency => currency && put({ currency })}
        />
      </div>
      <p className={classes.facts}>{t(`billing.plans.modelMeaning.${model}`)}</p>
      <ChargeFields draft={draft} onChange={put} />
      {fee ? null : (
        <FiltersEditor filters={draft.filters} metric={metric} onChange={filters => put({ filters })} />
      )}
      <Terms draft={draft} put={put} />
      {wrong ? (
        <p className={classes.refused} role="alert">
          {wrong}
        </p>
      ) : null}
      <div className={classes.preview}>
        <PricePreview draft={draft} unit={metric?.unit ?? ''} />
        <Button
          variant="default"
          leftSection={<IconTrash size={16} aria-hidden="true" />}
          aria-label={t('billing.editor.removePriceOf', { name: draft.name })}
          onClick={onRemove}
          style={{ marginLeft: 'auto' }}
        >
          {t('billing.editor.removePrice')}
        </Button>
      </div>
    </article>
  )
}

/** What holds for a price of any model: its limits, when it is billed, and how a part of a period counts. */
function Terms({
  draft,
  put,
}: {
  readonly draft: PriceDraft
  readonly put: (part: Partial<PriceDraft>) => void
}) {
  const { t } = useTranslation()
  const amount = (member: 'minimum' | 'maximum' | 'floorPercent', label: string, title?: string) => (
    <TextInput
      label={label}
      {...(title === undefined ? {} : { title })}
      inputMode="decimal"
      value={draft[member]}
      error={isBad(draft[member])}
      onChange={event => put({ [member]: event.currentTarget.value })}
    />
  )
  const every = (member: 'interval' | 'minimumInterval', label: string, usual: string) => (
    <Select
      label={label}
      allowDeselect={false}
      data={[
        { value: '', label: usual },
        ...INTERVALS.map(value => ({ value, label: t(`billing.interval.${value}`) })),
      ]}
      value={draft[member]}
      onChange={value => put({ [member]: (value ?? '') as Interval | '' })}
    />
  )
  return (
    <>
      <div className={classes.fieldsRow}>
        {every('interval', t('billing.pricing.editor.interval'), t('billing.pricing.editor.asPlan'))}
        {draft.model === 'flat' ? (
          <Select
            label={t('billing.editor.due')}
            allowDeselect={false}
            data={DUES.map(value => ({ value, label: t(`billing.plans.${value}`) }))}
            value={draft.due}
            onChange={value => put({ due: value as PriceDraft['due'] })}
          />
        ) : null}
        <Select
          label={t('billing.editor.proration')}
          allowDeselect={false}
          data={PRORATIONS.map(value => ({ value, label: t(`billing.plans.proration.${value}`) }))}
          value={draft.proration}
          onChange={value => put({ proration: value as PriceDraft['proration'] })}
        />
        {amount('floorPercent', t('billing.pricing.editor.floor'), t('billing.pricing.editor.floorHint'))}
      </div>
      <div className={classes.fieldsRow}>
        {amount('minimum', t('billing.editor.minimum'))}
        {amount('maximum', t('billing.editor.maximum'))}
        {draft.trueUp
          ? every(
              'minimumInterval',
              t('billing.pricing.editor.minimumInterval'),
              t('billing.pricing.editor.asPrice'),
            )
          : null}
      </div>
      <Checkbox
        label={t('billing.pricing.editor.trueUp')}
        checked={draft.trueUp}
        onChange={event => put({ trueUp: event.currentTarget.checked })}
      />
    </>
  )
}
