import { Button, Textarea } from '@mantine/core'
import { IconDownload, IconMail } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { PdfView } from '#renderer/ui/document/pdf-view.tsx'
import { bytesOf, saveFile } from '#renderer/ui/document/save-file.ts'
import { Dialog, DialogButtons } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'

const { contact, payment } = contract.billing

interface Given {
  readonly fileName: string
  readonly base64: string
  readonly missing: readonly string[]
}

/** A document that is made when it is looked at: shown, saved, and sent to the customer's contacts. */
export function DocumentDialog(props: {
  readonly title: string
  readonly customerId: string
  readonly document: Given | undefined
  readonly error: unknown
  readonly onRetry: () => void
  /** Sends it with a note; gives the addresses. */
  readonly onSend: (note: string) => Promise<readonly string[]>
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { document: given, error } = props
  const bytes = useMemo(() => (given ? bytesOf(given.base64) : null), [given])
  return (
    <Dialog opened size="xl" title={props.title} onClose={props.onClose}>
      {error ? (
        <ErrorState error={error} onRetry={props.onRetry} />
      ) : !given || !bytes ? (
        <LoadingState rows={10} />
      ) : (
        <>
          <SendPart customerId={props.customerId} onSend={props.onSend} onClose={props.onClose}>
            <Button
              data-autofocus
              variant="default"
              leftSection={<IconDownload size={14} aria-hidden="true" />}
              onClick={() => saveFile(bytes, given.fileName, 'application/pdf')}
            >
              {t('billing.payments.document.save')}
            </Button>
          </SendPart>
          {given.missing.length > 0 ? (
            <p className={catalogue.facts}>
              {t('billing.payments.document.missing', { characters: given.missing.join(' ') })}
            </p>
          ) : null}
          <div className={catalogue.story}>
            <PdfView bytes={bytes} label={given.fileName} />
          </div>
        </>
      )}
    </Dialog>
  )
}

/** To whom it would go, a word with it, and the buttons. */
function SendPart(props: {
  readonly customerId: string
  readonly onSend: (note: string) => Promise<readonly string[]>
  readonly onClose: () => void
  readonly children: React.ReactNode
}) {
  const { t } = useTranslation()
  const may = useMay()
  const toasts = useToasts()
  const { data } = useCoreQuery(contact.list, { customerId: props.customerId })
  const [note, setNote] = useState('')
  const [busy, setBusy] = useState(false)
  const reached = data?.reaches.map(one => one.email) ?? []
  const ready = data?.mail === true && reached.length > 0
  const send = async () => {
    setBusy(true)
    try {
      const to = await props.onSend(note.trim())
      toasts.show({ text: t('billing.payments.document.sent', { to: to.join(', ') }) })
      props.onClose()
    } catch (error) {
      toasts.fail(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      {ready ? (
        <Textarea
          label={t('billing.payments.document.note')}
          description={t('billing.payments.document.noteHint')}
          autosize
          maxLength={2000}
          value={note}
          onChange={event => setNote(event.currentTarget.value)}
        />
      ) : null}
      {data ? (
        <p className={catalogue.facts}>
          {!data.mail
            ? t('billing.payments.document.noMail')
            : reached.length === 0
              ? t('billing.payments.document.nobody')
              : t('billing.payments.document.to', { to: reached.join(', ') })}
        </p>
      ) : null}
      <DialogButtons>
        {props.children}
        {may(payment.sendReceipt) ? (
          <Button
            leftSection={<IconMail size={14} aria-hidden="true" />}
            disabled={!ready}
            loading={busy}
            onClick={() => void send()}
          >
            {t('billing.payments.document.send')}
          </Button>
        ) : null}
      </DialogButtons>
    </>
  )
}
