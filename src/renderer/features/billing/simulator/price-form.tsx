import { Button, Checkbox, JsonInput, SegmentedControl, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { CURRENCY_OPTIONS } from '#renderer/features/workspace/choices.ts'
import { PriceTerms } from '#shared/contract/billing/prices.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import {
  type ChargeDraft,
  chargeDraftOf,
  chargeOf,
  emptyCharge,
  isBad,
  MODELS,
  type Model,
} from '../plans/charge-draft.ts'
import { ChargeFields } from '../plans/charge-fields.tsx'
import { complaintOf, problemText } from '../plans/complaint.ts'
import { problemOf, termsOfText } from './simulation.ts'

const WAYS = ['typed', 'saved', 'json'] as const
type Way = (typeof WAYS)[number]

interface Terms {
  readonly currency: string
  readonly minimum: string
  readonly maximum: string
  readonly discount: string
  readonly trueUp: boolean
}

function termsOf(price: PriceTerms | null): Terms {
  return {
    currency: price?.currency ?? 'USD',
    minimum: price?.minimum ?? '',
    maximum: price?.maximum ?? '',
    discount: price && price.discountPercent !== '0' ? price.discountPercent : '',
    trueUp: price?.trueUp ?? false,
  }
}

/** A price typed in, taken from a plan or pasted as JSON. Whatever makes a price is told at once. */
export function PriceForm({
  label,
  price,
  onPrice,
  onRemove,
}: {
  readonly label: string
  readonly price: PriceTerms | null
  readonly onPrice: (price: PriceTerms) => void
  readonly onRemove?: (() => void) | undefined
}) {
  const { t } = useTranslation()
  const [way, setWay] = useState<Way>('typed')
  const [charge, setCharge] = useState<ChargeDraft>(() =>
    price ? chargeDraftOf(price.charge) : emptyCharge('standard'),
  )
  const [terms, setTerms] = useState<Terms>(() => termsOf(price))
  const [text, setText] = useState(() => JSON.stringify(price, null, 2))
  const [bad, setBad] = useState<string | null>(null)

  const take = (next: PriceTerms) => {
    setCharge(chargeDraftOf(next.charge))
    setTerms(termsOf(next))
    setText(JSON.stringify(next, null, 2))
    setBad(null)
    onPrice(next)
  }
  const typed = (nextCharge: ChargeDraft, next: Terms) => {
    setCharge(nextCharge)
    setTerms(next)
    const said = {
      ...(price?.filters && nextCharge.model !== 'flat' ? { filters: price.filters } : {}),
      currency: next.currency,
      charge: chargeOf(nextCharge),
      minimum: next.minimum.trim() || null,
      maximum: next.maximum.trim() || null,
      proration: price?.proration ?? 'second',
      discountPercent: next.discount.trim() || '0',
      ...(next.trueUp ? { trueUp: true } : {}),
    }
    const parsed = PriceTerms.safeParse(said)
    setBad(parsed.success ? null : (complaintOf(PriceTerms, said) ?? ''))
    if (!parsed.success) return
    setText(JSON.stringify(parsed.data, null, 2))
    onPrice(parsed.data)
  }
  const problem = price ? problemOf(price) : null
  const amount = (member: 'minimum' | 'maximum' | 'discount', words: string) => (
    <TextInput
      label={words}
      inputMode="decimal"
      value={terms[member]}
      error={isBad(terms[member])}
      onChange={event => typed(charge, { ...terms, [member]: event.currentTarget.value })}
    />
  )
  return (
    <section className={classes.price} aria-label={label}>
      <div className={classes.row}>
        <strong>{label}</strong>
        <SegmentedControl
          aria-label={t('billing.pricing.simulator.way')}
          data={WAYS.map(value => ({ value, label: t(`billing.pricing.simulator.ways.${value}`) }))}
          value={way}
          onChange={value => setWay(value as Way)}
        />
        {onRemove ? (
          <Button variant="default" onClick={onRemove}>
            {t('billing.pricing.simulator.remove')}
          </Button>
        ) : null}
      </div>
      {way === 'saved' ? <SavedPrices onPrice={take} /> : null}
      {way === 'json' ? (
        <JsonInput
          label={t('billing.pricing.simulator.json')}
          description={t('billing.pricing.simulator.jsonHint')}
          autosize
          minRows={8}
          maxRows={22}
          value={text}
          error={termsOfText(text) === null ? t('billing.pricing.simulator.noPrice') : null}
          onChange={next => {
            setText(next)
            const parsed = termsOfText(next)
            if (!parsed) return
            setCharge(chargeDraftOf(parsed.charge))
            setTerms(termsOf(parsed))
            setBad(null)
            onPrice(parsed)
          }}
        />
      ) : null}
      {way === 'typed' ? (
        <>
          <div className={classes.fieldsRow}>
            <Select
              label={t('billing.editor.model')}
              allowDeselect={false}
              data={MODELS.map(value => ({ value, label: t(`billing.plans.model.${value}`) }))}
              value={charge.model}
              onChange={value => typed({ ...charge, model: value as Model }, terms)}
            />
            <Select
              label={t('billing.editor.currency')}
              searchable
              limit={60}
              allowDeselect={false}
              data={CURRENCY_OPTIONS}
              value={terms.currency}
              onChange={currency => currency && typed(charge, { ...terms, currency })}
            />
          </div>
          <ChargeFields draft={charge} onChange={part => typed({ ...charge, ...part }, terms)} />
          <div className={classes.fieldsRow}>
            {amount('minimum', t('billing.editor.minimum'))}
            {amount('maximum', t('billing.editor.maximum'))}
            {amount('discount', t('billing.pricing.simulator.discount'))}
          </div>
          <Checkbox
            label={t('billing.pricing.editor.trueUp')}
            checked={terms.trueUp}
            onChange={event => typed(charge, { ...terms, trueUp: event.currentTarget.checked })}
          />
          {price?.filters && price.filters.length > 0 ? (
            <p className={classes.facts}>
              {t('billing.pricing.simulator.filters', { count: price.filters.length })}
            </p>
          ) : null}
          {bad === null ? null : (
            <p className={bad === '' ? classes.facts : classes.refused} role="alert">
              {bad} {t('billing.pricing.simulator.unfinished')}
            </p>
          )}
        </>
      ) : null}
      {problem ? (
        <p className={classes.refused} role="alert">
          {problemText(problem, t(`billing.priceFault.${problem.reason}`))}
        </p>
      ) : null}
    </section>
  )
}

/** The prices of the newest version of each plan. */
function SavedPrices({ onPrice }: { readonly onPrice: (price: PriceTerms) => void }) {
  const { t } = useTranslation()
  const { data } = useCoreQuery(contract.billing.plan.list, {})
  const [chosen, setChosen] = useState<string | null>(null)
  const saved = (data?.plans ?? []).flatMap(plan =>
    (plan.latest?.prices ?? []).map(price => ({ plan, price, value: price.id })),
  )
  const groups = [...Map.groupBy(saved, one => one.plan.name)].map(([group, own]) => ({
    group,
    items: own.map(({ price, value }) => ({ value, label: `${price.name} · ${price.currency}` })),
  }))
  return (
    <Select
      label={t('billing.pricing.simulator.saved')}
      placeholder={t('billing.pricing.simulator.choose')}
      searchable
      maxDropdownHeight={320}
      data={groups}
      value={chosen}
      onChange={value => {
        setChosen(value)
        const found = saved.find(one => one.value === value)?.price
        if (!found) return
        const { currency, charge, minimum, maximum, proration, filters, trueUp } = found
        onPrice({
          ...{ currency, charge, minimum, maximum, proration, discountPercent: '0' },
          ...(filters ? { filters } : {}),
          ...(trueUp ? { trueUp } : {}),
        })
      }}
    />
  )
}
