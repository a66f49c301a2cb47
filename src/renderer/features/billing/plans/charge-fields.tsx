import { Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from '../catalogue.module.css'
import { type AmountMember, type ChargeDraft, isBad, TIERED } from './charge-draft.ts'
import { TiersEditor } from './tiers-editor.tsx'

const PER = ['event', 'unit'] as const

/** The parameters of a charge, those of its model. */
export function ChargeFields({
  draft,
  onChange,
}: {
  readonly draft: ChargeDraft
  readonly onChange: (part: Partial<ChargeDraft>) => void
}) {
  const { t } = useTranslation()
  const { model } = draft
  const amount = (member: AmountMember, label: string, title?: string) => (
    <TextInput
      label={label}
      {...(title === undefined ? {} : { title })}
      inputMode="decimal"
      value={draft[member]}
      error={isBad(draft[member])}
      onChange={event => onChange({ [member]: event.currentTarget.value })}
    />
  )
  return (
    <>
      {TIERED.has(model) ? (
        <TiersEditor
          tiers={draft.tiers}
          percent={model === 'graduated-percentage'}
          flatAtZero={draft.flatAtZero}
          onChange={tiers => onChange({ tiers })}
          onFlatAtZero={flatAtZero => onChange({ flatAtZero })}
        />
      ) : null}
      <div className={classes.fieldsRow}>
        {model === 'flat' ? amount('amount', t('billing.editor.amount')) : null}
        {model === 'standard' ? amount('unit', t('billing.editor.unit')) : null}
        {model === 'package' ? amount('size', t('billing.editor.size')) : null}
        {model === 'package' ? amount('amount', t('billing.editor.packageAmount')) : null}
        {model === 'percentage' ? (
          <>
            {amount('percent', t('billing.pricing.editor.percent'))}
            {amount('fixed', t('billing.pricing.editor.fixed'))}
            <TextInput
              label={t('billing.pricing.editor.freeEvents')}
              title={t('billing.pricing.editor.freeHint')}
              inputMode="numeric"
              value={draft.freeEvents}
              error={!/^\s*(?:[1-9]\d{0,8}\s*)?$/.test(draft.freeEvents)}
              onChange={event => onChange({ freeEvents: event.currentTarget.value })}
            />
            {amount(
              'freeAmount',
              t('billing.pricing.editor.freeAmount'),
              t('billing.pricing.editor.freeHint'),
            )}
            {amount('minimumPerEvent', t('billing.pricing.editor.minimumPerEvent'))}
            {amount('maximumPerEvent', t('billing.pricing.editor.maximumPerEvent'))}
          </>
        ) : null}
        {model === 'dynamic' ? (
          <>
            <TextInput
              label={t('billing.pricing.editor.property')}
              title={t('billing.pricing.editor.propertyHint')}
              maxLength={60}
              value={draft.property}
              onChange={event => onChange({ property: event.currentTarget.value })}
            />
            <Select
              label={t('billing.pricing.editor.per')}
              allowDeselect={false}
              data={PER.map(value => ({ value, label: t(`billing.pricing.editor.perOf.${value}`) }))}
              value={draft.per}
              onChange={value => onChange({ per: value as ChargeDraft['per'] })}
            />
          </>
        ) : null}
        {model === 'flat' || model === 'percentage'
          ? null
          : amount(
              'free',
              t(
                model === 'dynamic' || model === 'graduated-percentage'
                  ? 'billing.pricing.editor.freeAmount'
                  : 'billing.editor.free',
              ),
            )}
      </div>
    </>
  )
}
