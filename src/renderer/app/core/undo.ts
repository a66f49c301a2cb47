import { useCallback } from 'react'
import { useTranslation } from 'react-i18next'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import { send, useCore } from './hooks.ts'

/** Says that a command was done, and offers to undo it. */
export function useSaidWithUndo(): (text: string, commandId: string) => void {
  const core = useCore()
  const toasts = useToasts()
  const { t } = useTranslation()
  return useCallback(
    (text, commandId) => {
      const undo = async () => {
        try {
          await send(core, contract.workspace.log.undo, { commandId })
          toasts.show({ text: t('workspace.log.undoneToast') })
        } catch (error) {
          toasts.fail(error)
        }
      }
      toasts.show({ text, action: { label: t('ui.toast.undo'), run: () => void undo() } })
    },
    [core, toasts, t],
  )
}
