import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Dialog, DialogButtons } from '#renderer/ui/overlay/dialog.tsx'
import { useCopy } from '#renderer/ui/overlay/toast.tsx'
import classes from '../workspace.module.css'

export interface ShownSecret {
  readonly title: string
  readonly text: string
  readonly secret: string
}

/** Shows a secret this one time. It is kept by the page only, and gone when the dialog closes. */
export function SecretDialog({
  shown,
  onClose,
}: {
  readonly shown: ShownSecret
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const copy = useCopy()
  return (
    <Dialog opened onClose={onClose} title={shown.title}>
      <div className={classes.form}>
        <p>{shown.text}</p>
        <output className={classes.secret}>{shown.secret}</output>
        <DialogButtons>
          <Button onClick={() => copy(shown.secret)} data-autofocus>
            {t('ui.copy')}
          </Button>
          <Button variant="filled" onClick={onClose}>
            {t('access.copied')}
          </Button>
        </DialogButtons>
      </div>
    </Dialog>
  )
}
