import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { errorWords } from '#renderer/ui/page/error-words.ts'
import { type Approval, approvals as leaf } from '#shared/contract/workspace/approvals.ts'
import { FormDialog } from '../form.tsx'
import { approvalsOf, factWord, kindWord, shownValue, subjectTitle } from './words.tsx'

export interface Deciding {
  readonly kind: 'approve' | 'refuse' | 'withdraw'
  readonly approval: Approval
}

const MOST = 2000

/** Asks for the note or the reason that goes with a decision, and shows once more what is decided. */
export function DecideDialog({
  deciding: { kind, approval },
  onClose,
}: {
  readonly deciding: Deciding
  readonly onClose: () => void
}) {
  const { t, i18n } = useTranslation()
  const format = useFormat()
  const toasts = useToasts()
  const approve = useCommand(leaf.approve)
  const refuse = useCommand(leaf.refuse)
  const withdraw = useCommand(leaf.withdraw)
  const [text, setText] = useState('')
  const title = `${kindWord(t, approval.kind)}, ${subjectTitle(format, approval.subject)}`
  const { id: approvalId, digest, nonce } = approval
  const said = text.trim()

  async function submit() {
    if (kind === 'refuse') {
      await refuse.run({ approvalId, digest, nonce, reason: said })
      return toasts.show({ text: t('workspace.approvals.refused', { title }) })
    }
    if (kind === 'withdraw') {
      await withdraw.run({ approvalId, reason: said })
      return toasts.show({ text: t('workspace.approvals.withdrawn', { title }) })
    }
    const after = await approve.run({ approvalId, digest, nonce, note: said })
    if (after.state === 'failed') {
      const reason = errorWords(after.failure, i18n).text
      return toasts.show({ text: t('workspace.approvals.couldNot', { reason }), tone: 'warning' })
    }
    toasts.show({
      tone: 'ok',
      text:
        after.state === 'waiting'
          ? t('workspace.approvals.approvedMore', { count: after.quorum - approvalsOf(after) })
          : after.state === 'approved'
            ? t('workspace.approvals.approvedLocally')
            : t('workspace.approvals.approved', { title }),
    })
  }

  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={t(`workspace.approvals.${kind}Title`, { title })}
      submit={t(`workspace.approvals.${kind}`)}
      ready={kind !== 'refuse' || said !== ''}
      onSubmit={submit}
    >
      <p>{t(`workspace.approvals.${kind}Text`)}</p>
      <p>
        {approval.requestedBy.name}: {approval.reason}
        {approval.amount === null || approval.currency === null ? null : (
          <>
            {' '}
            <strong>
              <Money minor={approval.amount} currency={approval.currency} />
            </strong>
          </>
        )}
      </p>
      {kind === 'approve'
        ? approval.facts.map(fact => (
            <p key={fact.name}>
              {factWord(t, fact.name)}: {fact.before === null ? null : <>{shownValue(fact.before)} → </>}
              {shownValue(fact.after)}
            </p>
          ))
        : null}
      <Textarea
        data-autofocus
        autosize
        minRows={2}
        maxLength={MOST}
        label={kind === 'refuse' ? t('workspace.approvals.reason') : t('workspace.approvals.note')}
        required={kind === 'refuse'}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
        onKeyDown={event => {
          if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
          event.preventDefault()
          event.currentTarget.form?.requestSubmit()
        }}
      />
    </FormDialog>
  )
}
