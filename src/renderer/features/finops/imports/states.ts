import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import { ImportState } from '#shared/contract/finops-imports.ts'

const TONES: Readonly<Record<(typeof ImportState.options)[number], Tone>> = {
  staging: 'running',
  published: 'ok',
  undone: 'neutral',
  replaced: 'info',
  failed: 'critical',
}

/** Word and tone of each state of an import. */
export function useImportStates(): Readonly<Record<string, { readonly label: string; readonly tone: Tone }>> {
  const { t } = useTranslation()
  return useMemo(
    () =>
      Object.fromEntries(
        ImportState.options.map(state => [
          state,
          { label: t(`finops.imports.state.${state}`), tone: TONES[state] },
        ]),
      ),
    [t],
  )
}
