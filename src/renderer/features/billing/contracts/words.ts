import type { TFunction } from 'i18next'
import type { Tone } from '#renderer/ui/display/status-badge.tsx'
import type { Format } from '#renderer/ui/format/use-format.tsx'
import type { Contract, StoredContract } from '#shared/contract/billing/contracts.ts'
import { moneyText } from '../coupons/words.ts'

type Terms = StoredContract['terms']

export const CONTRACTS_PATH = '/billing/contracts'

export const TONES: Readonly<Record<Contract['standing'], Tone>> = {
  draft: 'neutral',
  upcoming: 'info',
  active: 'ok',
  ended: 'neutral',
  terminated: 'warning',
}

/** What a phase says, in words. */
export function phaseText(phase: Terms['phases'][number], t: TFunction, format: Format): string {
  const parts: string[] = []
  if (phase.discountPercent !== null)
    parts.push(t('billing.contracts.phase.off', { percent: format.decimal(phase.discountPercent) }))
  if (phase.prices.length > 0) parts.push(t('billing.contracts.phase.prices', { count: phase.prices.length }))
  return parts.join(', ')
}

/** The tiers of a volume discount, in words. */
export function tiersText(volume: Terms['volume'][number], t: TFunction, format: Format): string {
  return volume.tiers
    .map(({ upTo, percent }) =>
      upTo === null
        ? t('billing.contracts.volume.lastTier', { percent: format.decimal(percent) })
        : t('billing.contracts.volume.tier', {
            upTo: format.decimal(upTo),
            percent: format.decimal(percent),
          }),
    )
    .join(', ')
}

/** A commitment, in words. */
export function commitmentText(
  commitment: Terms['commitments'][number],
  currency: string,
  t: TFunction,
  format: Format,
): string {
  const { amount, every, overagePercent } = commitment
  const text = t('billing.contracts.commitment.text', {
    amount: moneyText(amount, currency, format),
    every: t(`billing.contracts.commitment.everies.${every}`),
  })
  if (overagePercent === null) return text
  const percent = format.decimal(overagePercent)
  return `${text}, ${t('billing.contracts.commitment.beyond', { percent })}`
}

/** What was agreed, in a few words. */
export function agreedText({ terms, currency }: Contract, t: TFunction, format: Format): string {
  const parts = [
    ...terms.phases.map(one => phaseText(one, t, format)),
    ...terms.commitments.map(one => commitmentText(one, currency, t, format)),
    ...terms.volume.map(one => one.name),
  ]
  if (terms.minimum !== null)
    parts.push(`${t('billing.contracts.minimum')} ${moneyText(terms.minimum, currency, format)}`)
  return parts.join('; ')
}
