import { TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { monthEnd as leaf, type MonthEndStep } from '#shared/contract/billing/month-end.ts'
import { stepName } from './step-words.ts'

/** Checks a step off by hand, or accepts what is left of it, with a note. */
export function CheckDialog(props: {
  readonly month: string
  readonly step: MonthEndStep
  readonly onClose: () => void
}) {
  const { month, step, onClose } = props
  const { t } = useTranslation()
  const format = useFormat()
  const said = useSaidWithUndo()
  const check = useCommand(leaf.check)
  const [note, setNote] = useState(step.check?.note ?? '')
  const name = { step: stepName(t, step) }
  const { byHand, count } = step
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={t(byHand ? 'billing.monthEnd.dialog.check' : 'billing.monthEnd.dialog.accept', name)}
      submit={t(byHand ? 'billing.monthEnd.dialog.submit' : 'billing.monthEnd.dialog.submitAccept')}
      onSubmit={async () => {
        const commandId = newCommandId()
        await check.run({ period: month, step: step.step, note: note.trim(), seen: count }, commandId)
        said(t('billing.monthEnd.dialog.did', name), commandId)
      }}
    >
      <p>
        {byHand
          ? t('billing.monthEnd.dialog.checkText')
          : t('billing.monthEnd.dialog.acceptText', {
              ...{ count, formatted: format.integer(count), month: format.month(month) },
            })}
      </p>
      <TextInput
        data-autofocus
        label={t('billing.monthEnd.dialog.note')}
        description={t('billing.monthEnd.dialog.noteHint')}
        maxLength={2000}
        value={note}
        onChange={event => setNote(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
