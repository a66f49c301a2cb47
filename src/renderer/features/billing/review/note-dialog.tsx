import { Button, Textarea } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useDrafts } from '#renderer/state/drafts.ts'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { Dialog, DialogButtons } from '#renderer/ui/overlay/dialog.tsx'

/** Longest note that the core takes. */
const MOST = 2000

export interface NoteDialogProps {
  readonly kind: 'hold' | 'sendBack'
  /** Whose invoice, or how many. */
  readonly subject: string
  /** Under which a half-written note is kept. */
  readonly draft: string
  readonly onClose: () => void
  readonly onNote: (note: string) => void
}

/** Asks for the note that goes with a hold, or the comment that goes with sending back. */
export function NoteDialog({ kind, subject, draft, onClose, onNote }: NoteDialogProps) {
  const { t } = useTranslation()
  const about = `billing.invoice.${kind}/${draft}`
  const setDraft = useDrafts(state => state.set)
  const [note, setNote] = useState(() => useDrafts.getState().drafts[about] ?? '')
  const type = (text: string) => {
    setNote(text)
    setDraft(about, text)
  }
  const submit = (event?: FormEvent) => {
    event?.preventDefault()
    if (note.trim() === '') return
    setDraft(about, '')
    onNote(note.trim())
    onClose()
  }
  const action = kind === 'hold' ? t('billing.review.action.hold') : t('billing.review.action.sendBack')
  return (
    <Dialog
      opened
      onClose={onClose}
      title={t(`billing.review.dialog.${kind}Title`, { customer: subject })}
      size="sm"
    >
      <form onSubmit={submit}>
        <p>{t(`billing.review.dialog.${kind}Text`)}</p>
        <Textarea
          mt="sm"
          data-autofocus
          label={t(`billing.review.dialog.${kind}Note`)}
          autosize
          minRows={3}
          maxLength={MOST}
          value={note}
          onChange={event => type(event.currentTarget.value)}
          onKeyDown={event => {
            if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return
            event.preventDefault()
            submit()
          }}
        />
        <DialogButtons>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button
            type="submit"
            variant="filled"
            disabled={note.trim() === ''}
            rightSection={<KeyHint keys="mod+enter" />}
          >
            {action}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
