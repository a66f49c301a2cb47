import type { TFunction } from 'i18next'
import type { Format } from '#renderer/ui/format/use-format.tsx'
import type { Coupon } from '#shared/contract/billing/coupons.ts'

/** What a coupon takes off, in words. */
export function offText(off: Coupon['off'], t: TFunction, format: Format): string {
  return off.kind === 'percent'
    ? t('billing.coupons.offPercent', { percent: format.decimal(off.percent) })
    : t('billing.coupons.offAmount', { amount: moneyText(off.amount, off.currency, format) })
}

/** An amount with its currency. */
export function moneyText(minor: bigint, currency: string, format: Format): string {
  const { figure, code } = format.money(minor, currency)
  return `${figure} ${code}`
}

/** For how long it counts, in words. */
export function monthsText(months: number | null, t: TFunction): string {
  return months === null ? t('billing.coupons.forever') : t('billing.coupons.monthsText', { count: months })
}

export type Offered = 'offered' | 'later' | 'over' | 'archived'

/** Whether customers can get a coupon at an instant. */
export function offeredAt(
  { archivedAt, validFrom, validUntil }: Pick<Coupon, 'archivedAt' | 'validFrom' | 'validUntil'>,
  at: bigint,
): Offered {
  if (archivedAt !== null) return 'archived'
  if (validUntil !== null && at >= validUntil) return 'over'
  return validFrom !== null && at < validFrom ? 'later' : 'offered'
}
