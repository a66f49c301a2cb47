import { Checkbox, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '#renderer/app/core/hooks.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import classes from '#renderer/features/workspace/workspace.module.css'
import { Money } from '#renderer/ui/display/money.tsx'
import { type Corrections, correction, type Subject } from './types.ts'
import { useToldOutcome } from './use-told-outcome.ts'

export type ReasonedKind = 'writeOff' | 'reverseWriteOff' | 'void'

/** Asks for the reason of a write-off, of taking it back, or of a void. */
export function ReasonDialog({
  kind,
  subject,
  corrections,
  onClose,
}: {
  readonly kind: ReasonedKind
  readonly subject: Subject
  readonly corrections: Corrections
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const told = useToldOutcome()
  const commands = {
    writeOff: useCommand(correction.writeOff),
    reverseWriteOff: useCommand(correction.reverseWriteOff),
    void: useCommand(correction.void),
  }
  const [reason, setReason] = useState('')
  const [reissue, setReissue] = useState(false)
  const { invoiceId, number } = subject
  const { currency, limits, open, total } = corrections
  const asks =
    kind === 'writeOff' ? open > limits.writeOff : kind === 'void' ? total > limits.writeOff : false
  const words = kind === 'void' ? 'void' : 'writeOff'
  const back = kind === 'reverseWriteOff'
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={
        back
          ? t('billing.corrections.writeOff.reverseTitle', { number })
          : t(`billing.corrections.${words}.title`, subject)
      }
      submit={
        asks ? t('billing.corrections.credit.ask') : t(`billing.corrections.action.${kind}`).replace('…', '')
      }
      ready={reason.trim() !== ''}
      onSubmit={async () => {
        const given = { invoiceId, reason: reason.trim() }
        const done =
          kind === 'void' ? await commands.void.run({ ...given, reissue }) : await commands[kind].run(given)
        told(kind, number, done)
      }}
    >
      <p>{back ? t('billing.corrections.writeOff.reverseText') : t(`billing.corrections.${words}.text`)}</p>
      {back ? null : (
        <p>
          <strong>
            <Money minor={kind === 'void' ? total : open} currency={currency} />
          </strong>
        </p>
      )}
      {kind === 'void' ? (
        <>
          <Checkbox
            label={t('billing.corrections.void.reissue')}
            checked={reissue}
            onChange={event => setReissue(event.currentTarget.checked)}
          />
          {reissue ? null : <p className={classes.dim}>{t('billing.corrections.void.final')}</p>}
        </>
      ) : null}
      <Textarea
        data-autofocus
        label={t('workspace.approvals.reason')}
        autosize
        minRows={2}
        maxLength={2000}
        required
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
      {asks ? <p className={classes.dim}>{t('billing.corrections.credit.asks')}</p> : null}
    </FormDialog>
  )
}
