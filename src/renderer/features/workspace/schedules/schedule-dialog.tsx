import { NumberInput, Select, Switch } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { contract } from '#shared/contract/index.ts'
import type { Schedule } from '#shared/contract/workspace/schedules.ts'
import { FormDialog } from '../form.tsx'
import { kindWord } from './schedule-words.ts'
import { draftOf, TimingFields, timingFrom } from './timing-fields.tsx'

const { schedules } = contract.workspace

/** Adds a schedule, or changes when one comes and what it is given. */
export function ScheduleDialog({
  schedule,
  kinds,
  onClose,
}: {
  /** Null for a new one. */
  readonly schedule: Schedule | null
  /** Kinds that the person may choose from. */
  readonly kinds: readonly string[]
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const add = useCommand(schedules.add)
  const change = useCommand(schedules.change)
  const said = useSaidWithUndo()
  const [kind, setKind] = useState(schedule?.kind ?? kinds[0] ?? '')
  const [draft, setDraft] = useState(draftOf(schedule?.timing ?? null))
  const [dryRun, setDryRun] = useState(schedule ? schedule.input.dryRun === true : true)
  const [keep, setKeep] = useState<number | string>(Number(schedule?.input.keep ?? 14))
  const timing = timingFrom(draft)
  const kept = typeof keep === 'number' && Number.isInteger(keep) && keep >= 1
  const submit = async () => {
    if (!timing) return
    const input = inputOf(kind, dryRun, Number(keep))
    const commandId = newCommandId()
    if (schedule) await change.run({ scheduleId: schedule.id, timing, input }, commandId)
    else await add.run({ kind, timing, input }, commandId)
    said(t(schedule ? 'workspace.schedules.changed' : 'workspace.schedules.added'), commandId)
  }
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={schedule ? kindWord(t, schedule.kind) : t('workspace.schedules.add')}
      submit={schedule ? t('workspace.schedules.save') : t('workspace.schedules.add')}
      ready={timing !== null && kind !== '' && (kind !== 'server.backup' || kept)}
      onSubmit={submit}
    >
      {schedule ? null : (
        <Select
          label={t('workspace.schedules.what')}
          data-autofocus
          allowDeselect={false}
          data={kinds.map(name => ({ value: name, label: kindWord(t, name) }))}
          value={kind}
          onChange={name => setKind(name ?? '')}
        />
      )}
      <TimingFields draft={draft} onChange={setDraft} />
      {kind === 'billing.close' || kind === 'billing.quota.scan' ? (
        <Switch
          label={t('workspace.schedules.dryRun')}
          description={t('workspace.schedules.dryRunHint')}
          checked={dryRun}
          onChange={event => setDryRun(event.currentTarget.checked)}
        />
      ) : null}
      {kind === 'server.backup' ? (
        <NumberInput
          label={t('workspace.schedules.keep')}
          description={t('workspace.schedules.keepHint')}
          min={1}
          max={1000}
          allowDecimal={false}
          value={keep}
          onChange={setKeep}
        />
      ) : null}
    </FormDialog>
  )
}

function inputOf(kind: string, dryRun: boolean, keep: number): Schedule['input'] {
  if (kind === 'billing.close' || kind === 'billing.quota.scan') return { dryRun }
  return kind === 'server.backup' ? { keep } : {}
}
