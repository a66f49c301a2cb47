import { ActionIcon, Button, Checkbox, Select, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CURRENCY_OPTIONS } from '#renderer/features/workspace/choices.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { AmountText } from '#shared/contract/billing/values.ts'
import classes from '../catalogue.module.css'
import { keyFrom } from '../key-from.ts'
import type { MetricShown } from '../words.ts'
import {
  MODELS,
  type Model,
  nextId,
  type PriceDraft,
  previewOf,
  problemsOf,
  type TierDraft,
} from './draft.ts'

const PRORATIONS = ['second', 'day', 'day-30', 'none', 'full'] as const
const DUES = ['advance', 'arrears'] as const

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
  const amount = (member: 'amount' | 'unit' | 'free' | 'size' | 'minimum' | 'maximum', label: string) => (
    <TextInput
      label={label}
      inputMode="decimal"
      value={draft[member]}
      error={isBad(draft[member])}
      onChange={event => put({ [member]: event.currentTarget.value })}
    />
  )
  const metric = metrics.find(one => one.id === draft.metricId)
  const [problem] = problemsOf(draft, new Map(metrics.map(one => [one.id, one]))) ?? []
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
      {model === 'graduated' || model === 'volume' ? (
        <Tiers
          tiers={draft.tiers}
          flatAtZero={draft.flatAtZero}
          onChange={tiers => put({ tiers })}
          onFlatAtZero={flatAtZero => put({ flatAtZero })}
        />
      ) : (
        <div className={classes.fieldsRow}>
          {fee ? amount('amount', t('billing.editor.amount')) : null}
          {model === 'standard' ? amount('unit', t('billing.editor.unit')) : null}
          {model === 'package' ? amount('size', t('billing.editor.size')) : null}
          {model === 'package' ? amount('amount', t('billing.editor.packageAmount')) : null}
          {fee ? null : amount('free', t('billing.editor.free'))}
        </div>
      )}
      <div className={classes.fieldsRow}>
        {amount('minimum', t('billing.editor.minimum'))}
        {amount('maximum', t('billing.editor.maximum'))}
        {fee ? (
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
      </div>
      {problem ? (
        <p className={classes.refused} role="alert">
          {t(`billing.priceFault.${problem.reason}`)}
        </p>
      ) : null}
      <div className={classes.preview}>
        <Preview draft={draft} unit={metric?.unit ?? ''} />
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

function isBad(text: string): boolean {
  return text.trim() !== '' && !AmountText.safeParse(text.trim()).success
}

function Preview({ draft, unit }: { readonly draft: PriceDraft; readonly unit: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const fee = draft.model === 'flat'
  const [quantity, setQuantity] = useState(fee ? '1' : '1000')
  const rated = previewOf(draft, quantity)
  const step = rated?.steps.find(one => one.step === 'price')
  return (
    <>
      <TextInput
        label={
          fee
            ? t('billing.editor.previewSeats')
            : unit === ''
              ? t('billing.editor.previewQuantity')
              : t('billing.editor.previewQuantityOf', { unit })
        }
        inputMode="decimal"
        value={quantity}
        error={isBad(quantity)}
        onChange={event => setQuantity(event.currentTarget.value)}
      />
      <output aria-label={t('billing.editor.previewAmount')}>
        {rated ? (
          <>
            <strong>
              {format.decimal(rated.amount)} {rated.currency}
            </strong>
            {step ? <span className={classes.facts}> = {step.formula}</span> : null}
          </>
        ) : (
          <span className={classes.dim}>{t('billing.editor.previewBad')}</span>
        )}
      </output>
    </>
  )
}

function Tiers({
  tiers,
  flatAtZero,
  onChange,
  onFlatAtZero,
}: {
  readonly tiers: readonly TierDraft[]
  readonly flatAtZero: boolean
  readonly onChange: (tiers: TierDraft[]) => void
  readonly onFlatAtZero: (flatAtZero: boolean) => void
}) {
  const { t } = useTranslation()
  const last = tiers.length - 1
  const put = (id: number, part: Partial<TierDraft>) =>
    onChange(tiers.map(one => (one.id === id ? { ...one, ...part } : one)))
  const add = () => {
    const fresh = { id: nextId(), upTo: '', unit: '', flat: '' }
    onChange([...tiers.slice(0, last), fresh, ...tiers.slice(last)])
  }
  return (
    <fieldset className={classes.at}>
      <legend>{t('billing.editor.tiers')}</legend>
      <div className={`${classes.tier} ${classes.facts}`} aria-hidden="true">
        <span>{t('billing.editor.tierEnd')}</span>
        <span>{t('billing.editor.tierUnit')}</span>
        <span>{t('billing.editor.tierFlat')}</span>
      </div>
      {tiers.map((one, index) => {
        const field = (member: 'upTo' | 'unit' | 'flat', label: string) => (
          <TextInput
            aria-label={`${label} ${index + 1}`}
            inputMode="decimal"
            value={one[member]}
            error={isBad(one[member])}
            onChange={event => put(one.id, { [member]: event.currentTarget.value })}
          />
        )
        return (
          <div key={one.id} className={classes.tier}>
            {index === last ? (
              <span className={classes.dim}>{t('billing.editor.tierRest')}</span>
            ) : (
              field('upTo', t('billing.editor.tierEnd'))
            )}
            {field('unit', t('billing.editor.tierUnit'))}
            {field('flat', t('billing.editor.tierFlat'))}
            {index === last ? (
              <span />
            ) : (
              <ActionIcon
                aria-label={t('billing.editor.removeTier', { number: index + 1 })}
                onClick={() => onChange(tiers.filter(other => other.id !== one.id))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </div>
        )
      })}
      <div className={classes.row}>
        <Button onClick={add}>{t('billing.editor.addTier')}</Button>
        <Checkbox
          label={t('billing.editor.flatAtZero')}
          checked={flatAtZero}
          onChange={event => onFlatAtZero(event.currentTarget.checked)}
        />
      </div>
    </fieldset>
  )
}
