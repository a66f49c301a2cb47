import { Button, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { Dialog, DialogButtons } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import type { View } from '#shared/contract/workspace/views.ts'

/** Gives a saved view another name. */
export function RenameDialog({ view, onClose }: { readonly view: View; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const said = useSaidWithUndo()
  const rename = useCommand(contract.workspace.views.rename)
  const [name, setName] = useState(view.name)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const commandId = newCommandId()
    rename.run({ viewId: view.id, name }, commandId).then(
      () => {
        said(t('workspace.views.renamed', { name: name.trim() }), commandId)
        onClose()
      },
      error => toasts.fail(error),
    )
  }
  return (
    <Dialog opened onClose={onClose} title={t('workspace.views.rename')} size="sm">
      <form onSubmit={submit}>
        <TextInput
          label={t('workspace.views.name')}
          data-autofocus
          required
          maxLength={200}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <DialogButtons>
          <Button onClick={onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" variant="filled" loading={rename.running} disabled={name.trim() === ''}>
            {t('workspace.views.rename')}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
