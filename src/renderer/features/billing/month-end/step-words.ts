import type { TFunction } from 'i18next'
import type { Format } from '#renderer/ui/format/use-format.tsx'
import type { MonthEndStep } from '#shared/contract/billing/month-end.ts'

/** What a step is called. */
export function stepName(t: TFunction, step: Pick<MonthEndStep, 'code' | 'title'>): string {
  return step.code === 'own' ? (step.title ?? '') : t(`billing.monthEnd.step.${step.code}`)
}

/** Why a step is not needed, where more is to be said than that. */
const NOT_NEEDED: Partial<Record<MonthEndStep['code'], 'noMail' | 'noDryRun'>> = {
  mails: 'noMail',
  'dry-run': 'noDryRun',
}

/** What is left of a step, or why nothing can be done about it yet. */
export function leftWords(t: TFunction, format: Format, step: MonthEndStep): string {
  const { code, state, count } = step
  const at = step.at === null ? '' : format.instant(step.at)
  if (state === 'blocked') {
    if (code === 'over') return t('billing.monthEnd.said.overUntil', { at })
    if (code === 'close') return t('billing.monthEnd.said.afterOver')
    if (code === 'lock')
      return t('billing.monthEnd.said.afterAll', { count, formatted: format.integer(count) })
    return t('billing.monthEnd.said.afterClose')
  }
  if (state === 'none') return t(`billing.monthEnd.said.${NOT_NEEDED[code] ?? 'none'}`)
  if (state === 'done')
    return step.at === null
      ? ''
      : code === 'over'
        ? t('billing.monthEnd.said.overSince', { at })
        : t('billing.monthEnd.said.ran', { at })
  if (code === 'close' && state === 'waiting') return t('billing.monthEnd.left.closing')
  if (code === 'over') return ''
  const parts = step.parts.map(part =>
    (t as (key: string, values: object) => string)(`billing.monthEnd.part.${part.code}`, {
      formatted: format.integer(part.count),
    }),
  )
  const whole = t(`billing.monthEnd.left.${code}`, {
    ...{ count, formatted: format.integer(count), at, names: step.names.join(', ') },
  })
  return parts.length === 0 ? whole : `${whole}: ${parts.join(', ')}`
}

/** Who checked a step off, when, and what they noted. */
export function checkWords(t: TFunction, format: Format, { check }: MonthEndStep): string | null {
  if (check === null) return null
  const { by, at, note } = check
  const words = { name: by.name, at: format.instant(at) }
  return note === ''
    ? t('billing.monthEnd.checked', words)
    : t('billing.monthEnd.checkedNote', { ...words, note })
}
