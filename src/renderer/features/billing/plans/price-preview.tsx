import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import classes from '../catalogue.module.css'
import { isBad } from './charge-draft.ts'
import { type FilterDraft, type PriceDraft, previewOf } from './draft.ts'

/** What a price comes to at a quantity: of one event with the properties of a filter, where one is chosen. */
export function PricePreview({ draft, unit }: { readonly draft: PriceDraft; readonly unit: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const fee = draft.model === 'flat'
  const [quantity, setQuantity] = useState(fee ? '1' : '1000')
  const [own, setOwn] = useState('2.50')
  const [chosen, setChosen] = useState<string>('')
  const filter = draft.filters.find(one => String(one.id) === chosen)
  const charge = filter?.charge ?? draft
  const dynamic = charge.model === 'dynamic'
  const properties = {
    ...(filter ? propertiesOf(filter) : {}),
    ...(dynamic && charge.property.trim() !== '' ? { [charge.property.trim()]: own.trim() } : {}),
  }
  const rated = previewOf(draft, quantity, properties)
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
      {dynamic ? (
        <TextInput
          label={t('billing.pricing.editor.previewProperty', { property: charge.property })}
          inputMode="decimal"
          value={own}
          error={isBad(own)}
          onChange={event => setOwn(event.currentTarget.value)}
        />
      ) : null}
      {draft.filters.length > 0 ? (
        <Select
          label={t('billing.pricing.editor.previewFilter')}
          allowDeselect={false}
          data={[
            { value: '', label: t('billing.pricing.rest') },
            ...draft.filters.map(one => ({ value: String(one.id), label: one.name || String(one.id) })),
          ]}
          value={filter ? chosen : ''}
          onChange={value => setChosen(value ?? '')}
        />
      ) : null}
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

function propertiesOf({ values }: FilterDraft): Record<string, string> {
  return Object.fromEntries(
    values.map(({ property, values: all }) => [property, all.split(',')[0]!.trim()] as const),
  )
}
