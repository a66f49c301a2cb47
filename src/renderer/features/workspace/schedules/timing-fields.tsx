import { Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Timing } from '#shared/contract/workspace/schedules.ts'
import { WEEKDAYS, weekdayWord } from './schedule-words.ts'

/** What is typed and chosen for a timing: every field is kept while another frequency is tried. */
export interface TimingDraft {
  readonly every: Timing['every']
  readonly at: string
  readonly weekday: number
  readonly day: number | 'last'
  readonly expression: string
}

const FREQUENCIES = ['day', 'week', 'month', 'cron'] as const
const TIME = /^([01]?\d|2[0-3]):[0-5]\d$/

/** The fields of a timing; without one, those of a new schedule. */
export function draftOf(timing: Timing | null): TimingDraft {
  const fresh: TimingDraft = { every: 'month', at: '04:00', weekday: 1, day: 2, expression: '' }
  return timing ? { ...fresh, ...timing } : fresh
}

/** The timing that the fields stand for; null where one of them has no meaning. */
export function timingFrom(draft: TimingDraft): Timing | null {
  if (draft.every === 'cron') {
    const expression = draft.expression.trim()
    return expression === '' ? null : { every: 'cron', expression }
  }
  const typed = draft.at.trim()
  if (!TIME.test(typed)) return null
  const at = typed.padStart(5, '0')
  if (draft.every === 'day') return { every: 'day', at }
  if (draft.every === 'week') return { every: 'week', weekday: draft.weekday, at }
  return { every: 'month', day: draft.day, at }
}

/** Fields for when something is done. */
export function TimingFields({
  draft,
  onChange,
}: {
  readonly draft: TimingDraft
  readonly onChange: (draft: TimingDraft) => void
}) {
  const { t } = useTranslation()
  const days = [
    ...Array.from({ length: 28 }, (_, n) => ({ value: String(n + 1), label: String(n + 1) })),
    { value: 'last', label: t('workspace.schedules.lastDay') },
  ]
  return (
    <>
      <Select
        label={t('workspace.schedules.frequency')}
        allowDeselect={false}
        data={FREQUENCIES.map(every => ({ value: every, label: t(`workspace.schedules.every.${every}`) }))}
        value={draft.every}
        onChange={every => every && onChange({ ...draft, every: every as TimingDraft['every'] })}
      />
      {draft.every === 'week' ? (
        <Select
          label={t('workspace.schedules.weekday')}
          allowDeselect={false}
          data={WEEKDAYS.map(day => ({ value: String(day), label: weekdayWord(t, day) }))}
          value={String(draft.weekday)}
          onChange={day => day && onChange({ ...draft, weekday: Number(day) })}
        />
      ) : null}
      {draft.every === 'month' ? (
        <Select
          label={t('workspace.schedules.dayOfMonth')}
          allowDeselect={false}
          searchable
          data={days}
          value={String(draft.day)}
          onChange={day => day && onChange({ ...draft, day: day === 'last' ? 'last' : Number(day) })}
        />
      ) : null}
      {draft.every === 'cron' ? (
        <TextInput
          label={t('workspace.schedules.expression')}
          description={t('workspace.schedules.expressionHint')}
          value={draft.expression}
          onChange={event => onChange({ ...draft, expression: event.currentTarget.value })}
        />
      ) : (
        <TextInput
          label={t('workspace.schedules.at')}
          description={t('workspace.schedules.atHint')}
          value={draft.at}
          error={draft.at.trim() !== '' && !TIME.test(draft.at.trim())}
          onChange={event => onChange({ ...draft, at: event.currentTarget.value })}
        />
      )}
    </>
  )
}
