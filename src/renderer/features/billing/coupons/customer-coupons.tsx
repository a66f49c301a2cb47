import { Button } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState } from '#renderer/ui/page/states.tsx'
import type { Redemption } from '#shared/contract/billing/coupons.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { shortInstant } from '../subscriptions/timeline.tsx'
import type { CustomerShown } from '../words.ts'
import { ApplyDialog } from './apply-dialog.tsx'
import { Given, TONES } from './coupon-pane.tsx'
import { offText } from './words.ts'

const { coupon: leaf } = contract.billing

/** The coupons that a customer has and had, in the order in which they came. */
export function CustomerCoupons({ customer }: { readonly customer: CustomerShown }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const said = useSaidWithUndo()
  const query = useCoreQuery(leaf.redemptions, { customerId: customer.id })
  const remove = useCommand(leaf.remove)
  const [giving, setGiving] = useState(false)
  const all = query.data?.redemptions ?? []
  const take = async (one: Redemption) => {
    const commandId = newCommandId()
    await remove.run({ redemptionId: one.id }, commandId)
    said(t('billing.coupons.own.removed', { code: one.code }), commandId)
  }
  const day = (at: bigint) => shortInstant(at, customer.zone, format.dateStyle)
  return (
    <Section
      title={t('billing.coupons.own.title')}
      aside={
        may(leaf.apply) ? (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            onClick={() => setGiving(true)}
          >
            {t('billing.coupons.own.give')}
          </Button>
        ) : null
      }
    >
      {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {query.data && all.length === 0 ? (
        <p className={classes.facts}>{t('billing.coupons.own.none')}</p>
      ) : (
        <table className={classes.table} aria-label={t('billing.coupons.own.title')}>
          <tbody>
            {all.map(one => (
              <tr key={one.id}>
                <td>
                  {one.code}
                  <div className={classes.facts}>{one.plan ?? t('billing.coupons.own.all')}</div>
                </td>
                <td>
                  {offText(one.off, t, format)}
                  <div className={classes.facts}>
                    {one.months === null
                      ? t('billing.coupons.own.used', { count: one.usedMonths })
                      : t('billing.coupons.own.usedOf', { count: one.usedMonths, months: one.months })}
                  </div>
                </td>
                <td data-align="end">
                  <Given given={one.given} />
                </td>
                <td>
                  <StatusBadge tone={TONES[one.state]} label={t(`billing.coupons.useState.${one.state}`)} />
                  <div className={classes.facts}>
                    {day(one.from)}
                    {one.endedAt === null ? '' : ` – ${day(one.endedAt)}`}
                  </div>
                </td>
                <td data-align="end">
                  {one.endedAt !== null || !may(leaf.remove) ? null : (
                    <Button
                      variant="default"
                      size="compact-sm"
                      disabled={remove.running}
                      aria-label={t('billing.coupons.own.removeOf', { code: one.code })}
                      onClick={() => void take(one)}
                    >
                      {t('billing.coupons.own.remove')}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {giving ? <ApplyDialog customer={customer} onClose={() => setGiving(false)} /> : null}
    </Section>
  )
}
