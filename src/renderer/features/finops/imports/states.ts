import { useCallback, useMemo } from 'react'
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

/** A format and its version as people write them: `FOCUS 1.0`. One that has no word here is said as it is. */
export function useFormatWord(): (format: string | null, version: string | null) => string {
  const { t } = useTranslation()
  return useCallback(
    (format, version) => {
      const words: Readonly<Record<string, string>> = {
        focus: t('finops.imports.formats.focus'),
        'aws-cur': t('finops.imports.formats.aws-cur'),
        'azure-ea': t('finops.imports.formats.azure-ea'),
        csv: t('finops.imports.formats.csv'),
      }
      return [format === null ? null : (words[format] ?? format), version].filter(Boolean).join(' ')
    },
    [t],
  )
}
