import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge, type Tone } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { SidePane } from '#renderer/ui/overlay/side-pane.tsx'
import { Fields, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import type { Coupon, Redemption } from '#shared/contract/billing/coupons.ts'
import { contract } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'
import { CUSTOMERS_PATH } from '../paths.ts'
import { monthsText, offText } from './words.ts'

export const TONES: Readonly<Record<Redemption['state'], Tone>> = {
  active: 'ok',
  'used-up': 'neutral',
  ended: 'neutral',
}

/** One coupon: what it takes off, and who has it. */
export function CouponPane({ coupon, onClose }: { readonly coupon: Coupon; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useCoreQuery(contract.billing.coupon.redemptions, { couponId: coupon.id })
  const redemptions = query.data?.redemptions
  const count = (most: number | null) => (most === null ? '–' : format.integer(most))
  return (
    <SidePane name="coupon" title={coupon.code} onClose={onClose} width={520}>
      <Section title={coupon.name}>
        <Fields
          fields={[
            [t('billing.coupons.off'), offText(coupon.off, t, format)],
            [t('billing.coupons.duration'), monthsText(coupon.months, t)],
            [t('billing.coupons.most'), count(coupon.most)],
            [t('billing.coupons.mostEach'), count(coupon.mostEach)],
          ]}
        />
        <p className={catalogue.facts}>{t('billing.coupons.order')}</p>
      </Section>
      <Section title={t('billing.coupons.who', { code: coupon.code })}>
        {query.error ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : !redemptions ? (
          <LoadingState rows={4} />
        ) : redemptions.length === 0 ? (
          <p>{t('billing.coupons.nobody')}</p>
        ) : (
          <SmallTable
            label={t('billing.coupons.who', { code: coupon.code })}
            figures={[2, 3]}
            wraps
            head={[
              t('billing.coupons.customer'),
              t('billing.coupons.since'),
              t('billing.coupons.usedMonths'),
              t('billing.coupons.given'),
              t('billing.coupons.use'),
            ]}
            rows={redemptions.map(one => [
              <CustomerLink key="customer" redemption={one} />,
              <When key="since" at={one.from} detail="day" />,
              one.usedMonths,
              <Given key="given" given={one.given} />,
              <StatusBadge
                key="state"
                tone={TONES[one.state]}
                label={t(`billing.coupons.useState.${one.state}`)}
              />,
            ])}
          />
        )}
      </Section>
    </SidePane>
  )
}

function CustomerLink({ redemption }: { readonly redemption: Redemption }) {
  const href = useHref(`${CUSTOMERS_PATH}?customer=${redemption.customerId}`)
  return <a href={href}>{redemption.customer}</a>
}

/** What a coupon took off, by currency. */
export function Given({ given }: { readonly given: Redemption['given'] }) {
  return given.length === 0
    ? '–'
    : given.map(({ currency, amount }) => (
        <div key={currency}>
          <Money minor={amount} currency={currency} />
        </div>
      ))
}
