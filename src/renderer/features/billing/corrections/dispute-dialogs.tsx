import { FileInput, Radio, SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '#renderer/app/core/hooks.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { EVIDENCE_BYTES } from '#shared/contract/billing/disputes.ts'
import { minorOf, typedOf } from './amount.ts'
import { type Corrections, type Dispute, dispute as leaf, type Subject } from './types.ts'
import { useToldOutcome } from './use-told-outcome.ts'

/** A customer says that an invoice, or a part of it, is not owed. */
export function OpenDisputeDialog({
  subject,
  corrections,
  onClose,
}: {
  readonly subject: Subject
  readonly corrections: Corrections
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const open = useCommand(leaf.open)
  const { currency, total } = corrections
  const [amount, setAmount] = useState(() => typedOf(total, currency))
  const [reason, setReason] = useState('')
  const [deadline, setDeadline] = useState('')
  const minor = minorOf(amount, currency)
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.corrections.dispute.title', subject)}
      submit={t('billing.corrections.action.dispute').replace('…', '')}
      ready={minor !== null && minor > 0n && reason.trim() !== ''}
      onSubmit={async () => {
        await open.run({
          invoiceId: subject.invoiceId,
          amount: minor!,
          reason: reason.trim(),
          // The end of the day, where the person sits.
          deadlineAt: deadline === '' ? null : BigInt(new Date(`${deadline}T23:59:59`).getTime()),
        })
        toasts.show({ text: t('billing.corrections.done.dispute', subject), tone: 'ok' })
      }}
    >
      <p>{t('billing.corrections.dispute.text')}</p>
      <TextInput
        data-autofocus
        label={t('billing.corrections.dispute.amount', { currency })}
        inputMode="decimal"
        value={amount}
        error={minor === null ? t('billing.corrections.credit.badAmount', { currency }) : undefined}
        onChange={event => setAmount(event.currentTarget.value)}
      />
      <Textarea
        label={t('billing.corrections.dispute.reason')}
        autosize
        minRows={2}
        maxLength={2000}
        required
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
      <TextInput
        type="date"
        label={t('billing.corrections.dispute.deadline')}
        value={deadline}
        onChange={event => setDeadline(event.currentTarget.value)}
      />
    </FormDialog>
  )
}

/** What speaks for one side or the other. */
export function EvidenceDialog({
  about,
  onClose,
}: {
  readonly about: Dispute
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const add = useCommand(leaf.addEvidence)
  const [text, setText] = useState('')
  const [file, setFile] = useState<File | null>(null)
  const large = file !== null && file.size > EVIDENCE_BYTES
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.corrections.dispute.evidenceTitle', { number: about.invoiceNumber })}
      submit={t('billing.corrections.action.evidence').replace('…', '')}
      ready={!large && (text.trim() !== '' || file !== null)}
      onSubmit={async () => {
        await add.run({
          disputeId: about.id,
          text: text.trim(),
          file: file && { name: file.name, mediaType: file.type },
          base64: file && (await base64Of(file)),
        })
        toasts.show({ text: t('billing.corrections.done.evidence'), tone: 'ok' })
      }}
    >
      <p>{t('billing.corrections.dispute.evidenceText')}</p>
      <Textarea
        data-autofocus
        label={t('billing.corrections.dispute.evidenceLabel')}
        autosize
        minRows={3}
        maxLength={10_000}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
      />
      <FileInput
        clearable
        label={t('billing.corrections.dispute.file')}
        value={file}
        onChange={setFile}
        error={large ? t('billing.corrections.dispute.fileLarge') : undefined}
      />
    </FormDialog>
  )
}

async function base64Of(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

const DECISIONS = ['won', 'lost', 'withdrawn'] as const

/** How a dispute ended. Lost, its amount is credited. */
export function DecideDisputeDialog({
  about,
  paid,
  onClose,
}: {
  readonly about: Dispute
  /** Something was paid, so that its way has to be chosen. */
  readonly paid: boolean
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const told = useToldOutcome()
  const decide = useCommand(leaf.decide)
  const [decision, setDecision] = useState<(typeof DECISIONS)[number]>('won')
  const [money, setMoney] = useState<'balance' | 'refund'>('balance')
  const [outcome, setOutcome] = useState('')
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.corrections.dispute.decideTitle', { number: about.invoiceNumber })}
      submit={t('billing.corrections.action.decide').replace('…', '')}
      ready={outcome.trim() !== ''}
      onSubmit={async () => {
        const given = { disputeId: about.id, decision, outcome: outcome.trim(), money }
        const { approvalId } = await decide.run(given)
        if (decision === 'lost') told('credit', about.invoiceNumber, { approvalId })
        else toasts.show({ text: t('billing.corrections.done.decided'), tone: 'ok' })
      }}
    >
      <Radio.Group
        label={t('billing.corrections.dispute.decision')}
        value={decision}
        onChange={value => setDecision(value as typeof decision)}
      >
        {DECISIONS.map((one, index) => (
          <Radio
            key={one}
            mt="xs"
            value={one}
            label={t(`billing.corrections.dispute.${one}`)}
            {...(index === 0 ? { 'data-autofocus': true } : {})}
          />
        ))}
      </Radio.Group>
      {decision === 'lost' && paid ? (
        <SegmentedControl
          aria-label={t('billing.corrections.credit.money')}
          value={money}
          onChange={value => setMoney(value as typeof money)}
          data={[
            { value: 'balance', label: t('billing.corrections.credit.balance') },
            { value: 'refund', label: t('billing.corrections.credit.refund') },
          ]}
        />
      ) : null}
      <Textarea
        label={t('billing.corrections.dispute.outcome')}
        autosize
        minRows={2}
        maxLength={2000}
        required
        value={outcome}
        onChange={event => setOutcome(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
