import { ActionIcon, Button, Select, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
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
  const put = (id: number, part: Partial<PhaseDraft>) =>
    onChange(phases.map(one => (one.id === id ? { ...one, ...part } : one)))
  const add = () => {
    const name = t('billing.contracts.phase.name', { number: phases.length + 1 })
    onChange([...phases, newPhase(name, phases.at(-1)?.to || from)])
  }
  return (
    <fieldset className={classes.part}>
      <legend>{t('billing.contracts.parts.phases')}</legend>
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
            <ActionIcon
              aria-label={`${t('billing.contracts.phase.remove')}: ${phase.name}`}
              onClick={() => onChange(phases.filter(one => one.id !== phase.id))}
            >
              <IconTrash size={16} />
            </ActionIcon>
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
          <div className={classes.buttons}>
            <Button
              variant="default"
              size="compact-sm"
              leftSection={<IconPlus size={14} aria-hidden="true" />}
              onClick={() => put(phase.id, { prices: [...phase.prices, newPrice()] })}
            >
              {t('billing.contracts.phase.priceAdd')}
            </Button>
          </div>
        </div>
      ))}
      <div className={classes.buttons}>
        <Button
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={add}
        >
          {t('billing.contracts.phase.add')}
        </Button>
      </div>
    </fieldset>
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
      <ActionIcon aria-label={t('billing.contracts.phase.removePrice')} onClick={() => onChange(null)}>
        <IconTrash size={16} />
      </ActionIcon>
    </div>
  )
}
