import { Button, Modal, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { errorWords, isRequested } from '#renderer/ui/page/error-words.ts'
import { Reference } from '#renderer/ui/page/states.tsx'
import classes from './overlay.module.css'
import { useToasts } from './toast.tsx'
import { useFirstField, useFocusBack } from './use-dialog-focus.ts'

export interface DialogProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  readonly size?: 'sm' | 'md' | 'lg' | 'xl'
  readonly children: ReactNode
}

const WIDTHS = { sm: 400, md: 520, lg: 720, xl: 960 } as const

/** A dialog: Esc closes it, the focus begins in its first field, stays in it and goes back to where it came from. */
export function Dialog({ opened, onClose, title, size = 'md', children }: DialogProps) {
  const { t } = useTranslation()
  useFocusBack(opened)
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={WIDTHS[size]}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      <Content>{children}</Content>
    </Modal>
  )
}

function Content({ children }: { readonly children: ReactNode }) {
  const content = useRef<HTMLDivElement>(null)
  useFirstField(content)
  return (
    <div ref={content} className={classes.content}>
      {children}
    </div>
  )
}

/** The row of buttons at the end of a dialog. */
export function DialogButtons({ children }: { readonly children: ReactNode }) {
  return <div className={classes.buttons}>{children}</div>
}

export interface ConfirmProps {
  readonly opened: boolean
  readonly onClose: () => void
  readonly title: string
  /** What will happen, what it means, whether it can be undone. */
  readonly children: ReactNode
  /** The verb, as on the button that led here. */
  readonly confirm: string
  readonly danger?: boolean
  /** A word to be typed first, for what cannot be undone. */
  readonly typed?: string
  readonly onConfirm: () => void | Promise<void>
}

/** Asks before something that is hard to take back. Shows a failure in place and stays open. */
export function Confirm(props: ConfirmProps) {
  const { t, i18n } = useTranslation()
  const toasts = useToasts()
  const [word, setWord] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const { opened, typed } = props
  useEffect(() => {
    if (opened) {
      setWord('')
      setError(null)
    }
  }, [opened])
  const words = error === null ? null : errorWords(error, i18n)
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    try {
      await props.onConfirm()
      props.onClose()
    } catch (failure) {
      if (isRequested(failure)) {
        toasts.fail(failure)
        props.onClose()
      } else setError(failure)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog opened={opened} onClose={props.onClose} title={props.title} size="sm">
      <form
        onSubmit={submit}
        onKeyDown={event => {
          // The keys that lead here from many a page confirm too; holding them down does not.
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
          event.preventDefault()
          const missing = typed !== undefined && word !== typed
          if (!event.repeat && !busy && !missing) event.currentTarget.requestSubmit()
        }}
      >
        {props.children}
        {typed ? (
          <TextInput
            mt="sm"
            data-autofocus
            label={t('ui.confirm.typeToConfirm', { word: typed })}
            value={word}
            onChange={event => setWord(event.currentTarget.value)}
          />
        ) : null}
        {words ? (
          <div role="alert">
            <p>{words.text}</p>
            {words.reference ? <Reference reference={words.reference} /> : null}
          </div>
        ) : null}
        <DialogButtons>
          <Button onClick={props.onClose}>{t('ui.cancel')}</Button>
          <Button
            type="submit"
            variant="filled"
            color={props.danger ? 'red' : 'teal'}
            loading={busy}
            disabled={typed !== undefined && word !== typed}
            data-autofocus={typed === undefined ? true : undefined}
          >
            {props.confirm}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
