import { Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Price } from '#shared/contract/billing/catalog.ts'
import {
  isBadAmount,
  newPhase,
  newPrice,
  type PhaseDraft,
  type PriceDraft,
  takesAmount,
} from './contract-draft.ts'
import classes from './contracts.module.css'
import { AddPart, PartList, partsOf, RemovePart } from './part-list.tsx'

/** A price that a phase can say something of. */
export interface PriceChoice {
  readonly value: string
  readonly label: string
  readonly price: Price
}

/** The phases of a contract: a percentage off everything, and prices of their own. */
export function PhasesEditor({
  phases,
  from,
  choices,
  onChange,
}: {
  readonly phases: readonly PhaseDraft[]
  /** Of the contract: where the first phase begins. */
  readonly from: string
  readonly choices: readonly PriceChoice[]
  readonly onChange: (phases: PhaseDraft[]) => void
}) {
  const { t } = useTranslation()
  const { put, drop } = partsOf(phases, onChange)
  const add = () => {
    const name = t('billing.contracts.phase.name', { number: phases.length + 1 })
    onChange([...phases, newPhase(name, phases.at(-1)?.to || from)])
  }
  return (
    <PartList title={t('billing.contracts.parts.phases')} add={t('billing.contracts.phase.add')} onAdd={add}>
      {phases.map(phase => (
        <div key={phase.id} className={classes.one}>
          <div className={classes.row}>
            <TextInput
              label={t('billing.contracts.phase.title')}
              maxLength={120}
              value={phase.name}
              onChange={event => put(phase.id, { name: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              label={t('billing.contracts.from')}
              value={phase.from}
              onChange={event => put(phase.id, { from: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              label={t('billing.contracts.until')}
              value={phase.to}
              onChange={event => put(phase.id, { to: event.currentTarget.value })}
            />
            <TextInput
              label={t('billing.contracts.phase.discount')}
              title={t('billing.contracts.phase.discountHint')}
              inputMode="decimal"
              value={phase.discount}
              error={isBadAmount(phase.discount)}
              onChange={event => put(phase.id, { discount: event.currentTarget.value })}
            />
            <RemovePart
              label={`${t('billing.contracts.phase.remove')}: ${phase.name}`}
              onClick={() => drop(phase.id)}
            />
          </div>
          {phase.prices.map(price => (
            <PriceRow
              key={price.id}
              price={price}
              choices={choices}
              onChange={next =>
                put(phase.id, {
                  prices: phase.prices.flatMap(one =>
                    one.id !== price.id ? [one] : next === null ? [] : [next],
                  ),
                })
              }
            />
          ))}
          <AddPart
            label={t('billing.contracts.phase.priceAdd')}
            onClick={() => put(phase.id, { prices: [...phase.prices, newPrice()] })}
          />
        </div>
      ))}
    </PartList>
  )
}

function PriceRow({
  price,
  choices,
  onChange,
}: {
  readonly price: PriceDraft
  readonly choices: readonly PriceChoice[]
  readonly onChange: (price: PriceDraft | null) => void
}) {
  const { t } = useTranslation()
  const list = choices.find(one => one.value === price.price)?.price
  return (
    <div className={classes.row}>
      <Select
        label={t('billing.contracts.phase.price')}
        searchable
        allowDeselect={false}
        data={choices.map(({ value, label }) => ({ value, label }))}
        value={price.price === '' ? null : price.price}
        onChange={value => value && onChange({ ...price, price: value, amount: '', kept: null })}
      />
      <TextInput
        label={t('billing.contracts.phase.unit')}
        title={t('billing.contracts.phase.unitHint')}
        inputMode="decimal"
        disabled={price.kept !== null || !takesAmount(list)}
        value={price.amount}
        error={isBadAmount(price.amount)}
        onChange={event => onChange({ ...price, amount: event.currentTarget.value })}
      />
      <TextInput
        label={t('billing.contracts.phase.percent')}
        inputMode="decimal"
        disabled={price.kept !== null}
        value={price.percent}
        error={isBadAmount(price.percent)}
        onChange={event => onChange({ ...price, percent: event.currentTarget.value })}
      />
      <RemovePart label={t('billing.contracts.phase.removePrice')} onClick={() => onChange(null)} />
    </div>
  )
}
