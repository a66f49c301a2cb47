import { ActionIcon, Button, Checkbox, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from '../catalogue.module.css'
import { isBad, type TierDraft, tier } from './charge-draft.ts'

/** The tiers of a charge: each with its end, what a unit or how much per cent costs in it, and a fee for entering it. */
export function TiersEditor({
  tiers,
  percent,
  flatAtZero,
  onChange,
  onFlatAtZero,
}: {
  readonly tiers: readonly TierDraft[]
  readonly percent: boolean
  readonly flatAtZero: boolean
  readonly onChange: (tiers: TierDraft[]) => void
  readonly onFlatAtZero: (flatAtZero: boolean) => void
}) {
  const { t } = useTranslation()
  const last = tiers.length - 1
  const put = (id: number, part: Partial<TierDraft>) =>
    onChange(tiers.map(one => (one.id === id ? { ...one, ...part } : one)))
  const add = () => onChange([...tiers.slice(0, last), tier('', '', ''), ...tiers.slice(last)])
  const price = percent ? t('billing.pricing.editor.tierPercent') : t('billing.editor.tierUnit')
  return (
    <fieldset className={classes.at}>
      <legend>{t('billing.editor.tiers')}</legend>
      <div className={`${classes.tier} ${classes.facts}`} aria-hidden="true">
        <span>{t('billing.editor.tierEnd')}</span>
        <span>{price}</span>
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
            {field('unit', price)}
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
