import type { TFunction } from 'i18next'
import type { Format } from '#renderer/ui/format/use-format.tsx'
import type { Doubt } from '#shared/contract/billing/invoices.ts'

/**
 * How an amount compares with the usual one: `×3.4` of it, or `45 %` where it is less. Null where that says
 * nothing: there is no usual amount, or the two have different signs.
 */
export function factorOf(doubt: Doubt, format: Pick<Format, 'number'>): string | null {
  if (doubt.now === null || doubt.usual === null || doubt.usual === 0n) return null
  const factor = Number(doubt.now) / Number(doubt.usual)
  if (factor < 0) return null
  if (factor >= 1) return `×${format.number(factor, factor < 10 ? 1 : 0)}`
  const percent = factor * 100
  return percent < 1 ? '< 1\u202f%' : `${format.number(percent, 0)}\u202f%`
}

/** Which words a doubt has: a jump may be one to nothing, by a factor, or neither. */
function wordOf(doubt: Doubt, factor: string | null) {
  if (doubt.code !== 'jump') return doubt.code
  return doubt.now === 0n ? 'jumpToNothing' : factor === null ? 'jumpPlain' : 'jump'
}

/** A doubt in a word or two, for a chip. */
export function doubtChip(doubt: Doubt, t: TFunction, format: Pick<Format, 'number'>): string {
  const factor = factorOf(doubt, format)
  return t(`billing.review.doubt.${wordOf(doubt, factor)}`, {
    about: doubt.about ?? '',
    factor: factor ?? '',
  }).trim()
}

/** A doubt as a sentence with its figures. */
export function doubtSentence(doubt: Doubt, currency: string, t: TFunction, format: Format): string {
  const amount = (minor: bigint | null) => {
    if (minor === null) return '–'
    const { figure, code } = format.money(minor, currency)
    return `${figure} ${code}`
  }
  const factor = factorOf(doubt, format)
  return t(`billing.review.doubtWhy.${wordOf(doubt, factor)}`, {
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
