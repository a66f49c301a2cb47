import { Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { isBadAmount, newTier, newVolume, type TierDraft, type VolumeDraft } from './contract-draft.ts'
import classes from './contracts.module.css'
import { OnlyFields } from './only-fields.tsx'
import { AddPart, PartList, partsOf, RemovePart } from './part-list.tsx'

const BASES = ['spend', 'quantity'] as const
const MODES = ['graduated', 'whole'] as const

/** The volume discounts of a contract, each with its tiers. */
export function VolumeEditor({
  volume,
  onChange,
}: {
  readonly volume: readonly VolumeDraft[]
  readonly onChange: (volume: VolumeDraft[]) => void
}) {
  const { t } = useTranslation()
  const { put, drop } = partsOf(volume, onChange)
  return (
    <PartList
      title={t('billing.contracts.parts.volume')}
      add={t('billing.contracts.volume.add')}
      onAdd={() => onChange([...volume, newVolume(t('billing.contracts.volume.name'))])}
    >
      {volume.map(one => (
        <div key={one.id} className={classes.one}>
          <div className={classes.row}>
            <TextInput
              label={t('billing.contracts.volume.title')}
              maxLength={120}
              value={one.name}
              onChange={event => put(one.id, { name: event.currentTarget.value })}
            />
            <Select
              label={t('billing.contracts.volume.basis')}
              allowDeselect={false}
              data={BASES.map(value => ({ value, label: t(`billing.contracts.volume.bases.${value}`) }))}
              value={one.basis}
              onChange={value => put(one.id, { basis: value as VolumeDraft['basis'] })}
            />
            <Select
              label={t('billing.contracts.volume.mode')}
              allowDeselect={false}
              data={MODES.map(value => ({ value, label: t(`billing.contracts.volume.modes.${value}`) }))}
              value={one.mode}
              onChange={value => put(one.id, { mode: value as VolumeDraft['mode'] })}
            />
            <RemovePart
              label={`${t('billing.contracts.volume.remove')}: ${one.name}`}
              onClick={() => drop(one.id)}
            />
          </div>
          <Tiers tiers={one.tiers} onChange={tiers => put(one.id, { tiers })} />
          <OnlyFields planIds={one.planIds} metricIds={one.metricIds} onChange={part => put(one.id, part)} />
        </div>
      ))}
    </PartList>
  )
}

function Tiers({
  tiers,
  onChange,
}: {
  readonly tiers: readonly TierDraft[]
  readonly onChange: (tiers: TierDraft[]) => void
}) {
  const { t } = useTranslation()
  const last = tiers.length - 1
  const { put, drop } = partsOf(tiers, onChange)
  return (
    <>
      {tiers.map((tier, index) => (
        <div key={tier.id} className={classes.row}>
          <TextInput
            label={`${t('billing.contracts.volume.upTo')} ${index + 1}`}
            inputMode="decimal"
            disabled={index === last}
            placeholder={index === last ? t('billing.contracts.volume.above') : ''}
            value={index === last ? '' : tier.upTo}
            error={isBadAmount(tier.upTo)}
            onChange={event => put(tier.id, { upTo: event.currentTarget.value })}
          />
          <TextInput
            label={`${t('billing.contracts.volume.percent')} ${index + 1}`}
            inputMode="decimal"
            value={tier.percent}
            error={isBadAmount(tier.percent)}
            onChange={event => put(tier.id, { percent: event.currentTarget.value })}
          />
          <RemovePart
            label={`${t('billing.contracts.volume.removeTier')} ${index + 1}`}
            disabled={tiers.length === 1}
            onClick={() => drop(tier.id)}
          />
        </div>
      ))}
      <AddPart
        label={t('billing.contracts.volume.tierAdd')}
        onClick={() => onChange([...tiers.slice(0, last), newTier(), ...tiers.slice(last)])}
      />
    </>
  )
}
