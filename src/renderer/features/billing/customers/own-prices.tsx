import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { type Format, useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState } from '#renderer/ui/page/states.tsx'
import type { OverrideTerms, PriceOverride } from '#shared/contract/billing/overrides.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { shortInstant } from '../subscriptions/timeline.tsx'
import type { CustomerShown } from '../words.ts'
import { OwnPriceDialog } from './own-price-dialog.tsx'

const { override: leaf } = contract.billing

/** The prices that one customer pays in the place of its plans', with their reasons. */
export function OwnPrices({ customer }: { readonly customer: CustomerShown }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const said = useSaidWithUndo()
  const now = BigInt(useNow())
  const query = useCoreQuery(leaf.list, { customerId: customer.id })
  const end = useCommand(leaf.end)
  const [adding, setAdding] = useState(false)
  const all = query.data?.overrides ?? []
  const stop = async (one: PriceOverride) => {
    const commandId = newCommandId()
    await end.run({ overrideId: one.id }, commandId)
    said(t('billing.pricing.own.ended', { price: one.priceName }), commandId)
  }
  const day = (at: bigint) => shortInstant(at, customer.zone, format.dateStyle)
  return (
    <Section
      title={t('billing.pricing.own.title')}
      aside={
        may(leaf.set) && customer.subscriptions.length > 0 ? (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            onClick={() => setAdding(true)}
          >
            {t('billing.pricing.own.add')}
          </Button>
        ) : null
      }
    >
      {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data && all.length === 0 ? (
        <p className={classes.facts}>{t('billing.pricing.own.none')}</p>
      ) : (
        <table className={classes.table} aria-label={t('billing.pricing.own.title')}>
          <tbody>
            {all.map(one => {
              const over = one.to !== null && one.to <= now
              return (
                <tr key={one.id}>
                  <td>
                    {one.priceName}
                    <div className={classes.facts}>
                      {one.planName} · {one.currency}
                    </div>
                  </td>
                  <td>
                    {termsText(one.terms, t, format)}
                    <div className={classes.facts}>{one.reason}</div>
                  </td>
                  <td>
                    {day(one.from)} – {one.to === null ? t('billing.pricing.own.until') : day(one.to)}
                    {over ? <div className={classes.facts}>{t('billing.pricing.own.over')}</div> : null}
                  </td>
                  <td data-align="end">
                    {over || !may(leaf.end) ? null : (
                      <Button
                        variant="default"
                        size="compact-sm"
                        disabled={end.running}
                        aria-label={t('billing.pricing.own.endOf', { price: one.priceName })}
                        onClick={() => void stop(one)}
                      >
                        {t('billing.pricing.own.end')}
                      </Button>
                    )}
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      )}
      {adding ? <OwnPriceDialog customer={customer} onClose={() => setAdding(false)} /> : null}
    </Section>
  )
}

/** What an own price says in the place of the plan's. */
function termsText(terms: OverrideTerms, t: TFunction, format: Format): string {
  const { charge, minimum, maximum, discountPercent } = terms
  const limit = (value: string | null | undefined, some: string, none: string) =>
    value === undefined ? [] : [value === null ? none : some]
  return [
    ...(charge ? [t('billing.pricing.own.model', { model: t(`billing.plans.model.${charge.model}`) })] : []),
    ...(discountPercent ? [t('billing.pricing.own.off', { percent: format.decimal(discountPercent) })] : []),
    ...limit(
      minimum,
      t('billing.pricing.own.minimum', { amount: format.decimal(minimum ?? '0') }),
      t('billing.pricing.own.noMinimum'),
    ),
    ...limit(
      maximum,
      t('billing.pricing.own.maximum', { amount: format.decimal(maximum ?? '0') }),
      t('billing.pricing.own.noMaximum'),
    ),
  ].join(', ')
}
