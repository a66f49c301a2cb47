import { Checkbox, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import type { TaxRule } from '#shared/contract/billing/tax.ts'
import { RULE_KINDS, type RuleKind } from '#shared/contract/billing/tax-facts.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { fractionOf, percentOf } from '../percent.ts'
import { isCategory, isCountry, isRegion } from './typed.ts'

const { tax: leaf } = contract.billing

/** Adds a rule, or changes one. */
export function RuleDialog({
  rule,
  home,
  onClose,
}: {
  readonly rule: TaxRule | null
  readonly home: string | null
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { zone } = useFormat()
  const now = useNow()
  const add = useCommand(leaf.addRule)
  const edit = useCommand(leaf.editRule)
  const said = useSaidWithUndo()
  const [name, setName] = useState(rule?.name ?? '')
  const [country, setCountry] = useState(rule?.country ?? home ?? '')
  const [region, setRegion] = useState(rule?.region ?? '')
  const [category, setCategory] = useState(rule?.category ?? 'standard')
  const [kind, setKind] = useState<RuleKind>(rule?.kind ?? 'standard')
  const [rate, setRate] = useState(rule ? percentOf(rule.rate) : '')
  const [inclusive, setInclusive] = useState(rule?.inclusive ?? false)
  const [validFrom, setValidFrom] = useState(rule?.validFrom ?? dayOf(now, zone))
  const [source, setSource] = useState(rule?.source ?? '')
  const [note, setNote] = useState(rule?.note ?? '')
  const taxes = kind === 'standard' || kind === 'reduced'
  const fraction = taxes ? fractionOf(rate) : '0'
  const ready =
    [name.trim() !== '', isCountry(country), isRegion(region), isCategory(category)].every(Boolean) &&
    fraction !== undefined &&
    validFrom !== '' &&
    source.trim() !== ''
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={rule ? t('billing.tax.editTitle', { name: rule.name }) : t('billing.tax.addTitle')}
      submit={rule ? t('billing.tax.save') : t('billing.tax.add')}
      ready={ready}
      onSubmit={async () => {
        const commandId = newCommandId()
        const terms = {
          ...{
            name: name.trim(),
            country,
            region,
            category,
            kind,
            rate: fraction!,
            inclusive: taxes && inclusive,
          },
          ...{ validFrom, source: source.trim(), note: note.trim() },
        }
        if (rule) await edit.run({ ruleId: rule.id, ...terms }, commandId)
        else await add.run(terms, commandId)
        said(t(rule ? 'billing.tax.saved' : 'billing.tax.added', { name: terms.name }), commandId)
      }}
    >
      <TextInput
        data-autofocus
        label={t('billing.tax.name')}
        maxLength={120}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      <div className={classes.fieldsRow}>
        <TextInput
          label={t('billing.tax.country')}
          description={t('billing.tax.countryHint')}
          maxLength={2}
          value={country}
          error={country !== '' && !isCountry(country) ? t('billing.tax.badCountry') : undefined}
          onChange={event => setCountry(event.currentTarget.value.toUpperCase())}
        />
        <TextInput
          label={t('billing.tax.region')}
          description={t('billing.tax.regionHint')}
          maxLength={6}
          value={region}
          error={isRegion(region) ? undefined : t('billing.tax.badRegion')}
          onChange={event => setRegion(event.currentTarget.value.toUpperCase())}
        />
      </div>
      <div className={classes.fieldsRow}>
        <TextInput
          label={t('billing.tax.category')}
          description={t('billing.tax.categoryHint')}
          maxLength={40}
          value={category}
          error={isCategory(category) ? undefined : t('billing.tax.badCategory')}
          onChange={event => setCategory(event.currentTarget.value)}
        />
        <Select
          label={t('billing.tax.kind')}
          allowDeselect={false}
          data={RULE_KINDS.map(value => ({ value, label: t(`billing.tax.kinds.${value}`) }))}
          value={kind}
          onChange={value => setKind(value as RuleKind)}
        />
      </div>
      <div className={classes.fieldsRow}>
        {taxes ? (
          <TextInput
            label={t('billing.tax.ratePercent')}
            inputMode="decimal"
            value={rate}
            error={rate !== '' && fraction === undefined ? t('billing.tax.badRate') : undefined}
            onChange={event => setRate(event.currentTarget.value)}
          />
        ) : null}
        <TextInput
          type="date"
          label={t('billing.tax.validFrom')}
          value={validFrom}
          onChange={event => setValidFrom(event.currentTarget.value)}
        />
      </div>
      {taxes ? (
        <Checkbox
          label={t('billing.tax.inclusive')}
          checked={inclusive}
          onChange={event => setInclusive(event.currentTarget.checked)}
        />
      ) : null}
      <TextInput
        label={t('billing.tax.source')}
        description={t('billing.tax.sourceHint')}
        maxLength={300}
        value={source}
        onChange={event => setSource(event.currentTarget.value)}
      />
      <TextInput
        label={t('billing.tax.note')}
        description={t('billing.tax.noteHint')}
        maxLength={300}
        value={note}
        onChange={event => setNote(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
