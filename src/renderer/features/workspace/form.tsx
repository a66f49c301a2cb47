import { Button } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog, DialogButtons } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { isRequested, useErrorWords } from '#renderer/ui/page/error-words.ts'
import { Reference } from '#renderer/ui/page/states.tsx'
import classes from './workspace.module.css'

/** A failure above the buttons of a form. */
export function FormError({ error }: { readonly error: unknown }) {
  const words = useErrorWords(error)
  if (error === null || error === undefined) return null
  return (
    <div className={classes.formError} role="alert">
      {words.text}
      {words.reference ? <Reference reference={words.reference} /> : null}
    </div>
  )
}

/** A dialog that is filled in and sent; it stays open, with what was typed, until that has worked. */
export function FormDialog(props: {
  readonly title: string
  readonly submit: string
  readonly opened: boolean
  readonly onClose: () => void
  readonly onSubmit: () => Promise<void>
  readonly ready?: boolean
  readonly size?: 'sm' | 'md' | 'lg'
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const close = () => {
    setError(null)
    props.onClose()
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (props.ready === false) return
    setBusy(true)
    try {
      await props.onSubmit()
      close()
    } catch (failure) {
      if (isRequested(failure)) {
        toasts.fail(failure)
        close()
      } else setError(failure)
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog opened={props.opened} onClose={close} title={props.title} size={props.size ?? 'sm'}>
      <form className={classes.form} onSubmit={submit}>
        {props.children}
        <FormError error={error} />
        <DialogButtons>
          <Button onClick={close}>{t('ui.cancel')}</Button>
          <Button type="submit" variant="filled" loading={busy} disabled={props.ready === false}>
            {props.submit}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
