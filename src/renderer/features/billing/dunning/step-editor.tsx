import { ActionIcon, Checkbox, Select, TextInput } from '@mantine/core'
import { IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { DunningMessage, DunningTrack } from '#shared/contract/billing/dunning.ts'
import type { StepDraft } from './campaign-draft.ts'
import classes from './dunning.module.css'

/** One step: when, what is said, whether the payment is tried again, and what somebody does. */
export function StepEditor({
  number,
  step,
  wrong,
  onChange,
  onRemove,
}: {
  readonly number: number
  readonly step: StepDraft
  readonly wrong: boolean
  readonly onChange: (step: StepDraft) => void
  readonly onRemove: () => void
}) {
  const { t } = useTranslation()
  const name = (field: string) => t('billing.dunning.stepField', { number, field })
  return (
    <fieldset className={classes.step} aria-label={t('billing.dunning.stepNumber', { number })}>
      <Select
        size="xs"
        aria-label={name(t('billing.dunning.field.track'))}
        allowDeselect={false}
        data={DunningTrack.options.map(value => ({ value, label: t(`billing.dunning.track.${value}`) }))}
        value={step.track}
        onChange={value => onChange({ ...step, track: value as StepDraft['track'] })}
      />
      <TextInput
        size="xs"
        aria-label={name(t('billing.dunning.field.days'))}
        placeholder={t('billing.dunning.field.days')}
        inputMode="numeric"
        error={wrong}
        value={step.days}
        onChange={event => onChange({ ...step, days: event.currentTarget.value })}
      />
      <Select
        size="xs"
        aria-label={name(t('billing.dunning.field.message'))}
        allowDeselect={false}
        data={[
          { value: '', label: t('billing.dunning.noMessage') },
          ...DunningMessage.options.map(value => ({ value, label: t(`billing.dunning.message.${value}`) })),
        ]}
        value={step.message}
        onChange={value => onChange({ ...step, message: value ?? '' })}
      />
      <TextInput
        size="xs"
        aria-label={name(t('billing.dunning.task'))}
        placeholder={t('billing.dunning.task')}
        maxLength={200}
        value={step.task}
        onChange={event => onChange({ ...step, task: event.currentTarget.value })}
      />
      <Checkbox
        size="xs"
        label={t('billing.dunning.field.retry')}
        checked={step.retry}
        onChange={event => onChange({ ...step, retry: event.currentTarget.checked })}
      />
      <ActionIcon
        variant="subtle"
        aria-label={t('billing.dunning.removeStep', { number })}
        onClick={onRemove}
      >
        <IconTrash size={16} />
      </ActionIcon>
    </fieldset>
  )
}
