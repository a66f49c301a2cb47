import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { oneOffs as leaf, type OneOff } from '#shared/contract/billing/one-offs.ts'

/** Takes a one-off charge back, says so and offers to undo it. */
export function useRemoveOneOff() {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const toasts = useToasts()
  const { run, running } = useCommand(leaf.remove)
  return {
    running,
    remove: async ({ id, name }: Pick<OneOff, 'id' | 'name'>) => {
      const commandId = newCommandId()
      try {
        await run({ oneOffId: id }, commandId)
        said(t('billing.oneOffs.removed', { what: name }), commandId)
      } catch (error) {
        toasts.fail(error)
      }
    },
  }
}
