import { Select } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { contract } from '#shared/contract/index.ts'
import type { CustomerShown } from '../words.ts'
import { monthsText, offeredAt, offText } from './words.ts'

const { coupon: leaf } = contract.billing
const ALL = 'all'

/** Gives a customer a coupon, for all subscriptions or one of them. */
export function ApplyDialog({
  customer,
  onClose,
}: {
  readonly customer: CustomerShown
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = BigInt(useNow())
  const apply = useCommand(leaf.apply)
  const said = useSaidWithUndo()
  const coupons = useCoreQuery(leaf.list, {})
  const [code, setCode] = useState<string | null>(null)
  const [subscription, setSubscription] = useState(ALL)
  const offered = (coupons.data?.coupons ?? []).filter(coupon => offeredAt(coupon, now) === 'offered')
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.coupons.own.giveTitle', { name: customer.name })}
      submit={t('billing.coupons.own.give')}
      ready={code !== null}
      onSubmit={async () => {
        if (code === null) return
        const commandId = newCommandId()
        const subscriptionId = subscription === ALL ? null : subscription
        await apply.run({ code, customerId: customer.id, subscriptionId }, commandId)
        said(t('billing.coupons.own.given', { name: customer.name, code }), commandId)
      }}
    >
      <Select
        data-autofocus
        label={t('billing.coupons.own.coupon')}
        searchable
        nothingFoundMessage={t('billing.coupons.own.none_offered')}
        data={offered.map(coupon => ({
          value: coupon.code,
          label: `${coupon.code}: ${offText(coupon.off, t, format)}, ${monthsText(coupon.months, t)}`,
        }))}
        value={code}
        onChange={setCode}
      />
      <Select
        label={t('billing.coupons.own.for')}
        allowDeselect={false}
        data={[
          { value: ALL, label: t('billing.coupons.own.all') },
          ...customer.subscriptions.map(one => ({ value: one.id, label: one.planName })),
        ]}
        value={subscription}
        onChange={value => setSubscription(value ?? ALL)}
      />
      <p>{t('billing.coupons.own.giveText')}</p>
    </FormDialog>
  )
}
