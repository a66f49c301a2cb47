import { Checkbox, Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { minorOf } from '../corrections/amount.ts'
import { type CommitmentDraft, newCommitment } from './contract-draft.ts'
import classes from './contracts.module.css'
import { OnlyFields } from './only-fields.tsx'
import { PartList, partsOf, RemovePart } from './part-list.tsx'

const EVERY = ['month', 'quarter', 'year', 'term'] as const
const ALIGNMENTS = ['contract', 'calendar'] as const

/** What a contract promises to be spent, commitment by commitment. */
export function CommitmentsEditor({
  commitments,
  currency,
  onChange,
}: {
  readonly commitments: readonly CommitmentDraft[]
  readonly currency: string
  readonly onChange: (commitments: CommitmentDraft[]) => void
}) {
  const { t } = useTranslation()
  const { put, drop } = partsOf(commitments, onChange)
  return (
    <PartList
      title={t('billing.contracts.parts.commitments')}
      add={t('billing.contracts.commitment.add')}
      onAdd={() => onChange([...commitments, newCommitment(t('billing.contracts.commitment.name'))])}
    >
      {commitments.map(one => (
        <div key={one.id} className={classes.one}>
          <div className={classes.row}>
            <TextInput
              label={t('billing.contracts.commitment.title')}
              maxLength={120}
              value={one.name}
              onChange={event => put(one.id, { name: event.currentTarget.value })}
            />
            <TextInput
              label={`${t('billing.contracts.commitment.amount')} ${currency}`}
              inputMode="decimal"
              value={one.amount}
              error={one.amount !== '' && currency !== '' && minorOf(one.amount, currency) === null}
              onChange={event => put(one.id, { amount: event.currentTarget.value })}
            />
            <Select
              label={t('billing.contracts.commitment.every')}
              allowDeselect={false}
              data={EVERY.map(value => ({
                value,
                label: t(`billing.contracts.commitment.everies.${value}`),
              }))}
              value={one.every}
              onChange={value => put(one.id, { every: value as CommitmentDraft['every'] })}
            />
            <Select
              label={t('billing.contracts.commitment.alignment')}
              allowDeselect={false}
              disabled={one.every === 'term'}
              data={ALIGNMENTS.map(value => ({
                value,
                label: t(`billing.contracts.commitment.alignments.${value}`),
              }))}
              value={one.alignment}
              onChange={value => put(one.id, { alignment: value as CommitmentDraft['alignment'] })}
            />
            <RemovePart
              label={`${t('billing.contracts.commitment.remove')}: ${one.name}`}
              onClick={() => drop(one.id)}
            />
          </div>
          <div className={classes.row}>
            <TextInput
              type="date"
              label={t('billing.contracts.commitment.from')}
              value={one.from}
              onChange={event => put(one.id, { from: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              label={t('billing.contracts.commitment.to')}
              value={one.to}
              onChange={event => put(one.id, { to: event.currentTarget.value })}
            />
            <TextInput
              label={t('billing.contracts.commitment.overage')}
              title={t('billing.contracts.commitment.overageHint')}
              inputMode="decimal"
              value={one.overage}
              onChange={event => put(one.id, { overage: event.currentTarget.value })}
            />
          </div>
          <Checkbox
            label={t('billing.contracts.commitment.prorate')}
            checked={one.prorate}
            onChange={event => put(one.id, { prorate: event.currentTarget.checked })}
          />
          <OnlyFields planIds={one.planIds} metricIds={one.metricIds} onChange={part => put(one.id, part)} />
        </div>
      ))}
    </PartList>
  )
}
