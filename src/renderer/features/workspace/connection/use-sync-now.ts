import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ask, useCore } from '#renderer/app/core/hooks.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { errorWords } from '#renderer/ui/page/error-words.ts'
import { contract } from '#shared/contract/index.ts'

/** Syncs now, and says what came of it. */
export function useSyncNow(): { readonly busy: boolean; readonly now: () => Promise<void> } {
  const { t, i18n } = useTranslation()
  const core = useCore()
  const toasts = useToasts()
  const [busy, setBusy] = useState(false)
  const now = useCallback(async () => {
    setBusy(true)
    try {
      const round = await ask(core, contract.sync.now, {})
      if (round.failure) toasts.show({ text: errorWords(round.failure, i18n).text, tone: 'warning' })
      else if (round.refused > 0)
        toasts.show({ text: t('workspace.connection.refused', { count: round.refused }), tone: 'warning' })
      else toasts.show({ text: t('workspace.connection.synced', { count: round.applied }) })
    } catch (failure) {
      toasts.show({ text: errorWords(failure, i18n).text, tone: 'warning' })
    } finally {
      setBusy(false)
    }
  }, [core, toasts, t, i18n])
  return { busy, now }
}
