import type { TFunction } from 'i18next'
import type { Format } from '#renderer/ui/format/use-format.tsx'
import type { Doubt } from '#shared/contract/billing/invoices.ts'

/** How many times the usual amount this is, `×3.4`; null where there is no usual amount to compare with. */
export function factorOf(doubt: Doubt, format: Pick<Format, 'number'>): string | null {
  if (doubt.now === null || doubt.usual === null || doubt.usual === 0n) return null
  const factor = Number(doubt.now) / Number(doubt.usual)
  return `×${format.number(factor, Math.abs(factor) < 10 ? (Math.abs(factor) < 1 ? 2 : 1) : 0)}`
}

/** A doubt in a word or two, for a chip. */
export function doubtChip(doubt: Doubt, t: TFunction, format: Pick<Format, 'number'>): string {
  const about = doubt.about ?? ''
  const factor = factorOf(doubt, format)
  if (doubt.code === 'jump' && factor === null) return t('billing.review.doubt.jumpPlain', { about }).trim()
  return t(`billing.review.doubt.${doubt.code}`, { about, factor: factor ?? '' }).trim()
}

/** A doubt as a sentence with its figures. */
export function doubtSentence(doubt: Doubt, currency: string, t: TFunction, format: Format): string {
  const amount = (minor: bigint | null) => {
    if (minor === null) return '–'
    const { figure, code } = format.money(minor, currency)
    return `${figure} ${code}`
  }
  const factor = factorOf(doubt, format)
  const word = doubt.code === 'jump' && factor === null ? 'jumpPlain' : doubt.code
  return t(`billing.review.doubtWhy.${word}`, {
    about: doubt.about ?? '',
    now: amount(doubt.now),
    usual: amount(doubt.usual),
    factor: factor ?? '',
    deviations: deviationsText(doubt, format),
  })
}

/** Beyond this the figure says no more than that it is far: customers who always pay the same have small ones. */
const FAR = 99

function deviationsText({ deviations }: Doubt, format: Format): string {
  if (deviations === null) return ''
  const far = Math.abs(deviations)
  return far > FAR ? `> ${FAR}` : format.number(far, 1)
}

/** Doubts that mean trouble rather than something to know. */
const GRAVE: ReadonlySet<Doubt['code']> = new Set(['negative', 'jump', 'changed', 'credit'])

/** Whether a doubt is drawn as a warning. */
export function isGrave(doubt: Doubt): boolean {
  return GRAVE.has(doubt.code)
}
