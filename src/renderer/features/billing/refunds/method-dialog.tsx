import { Checkbox, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { contract } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'
import type { CustomerShown } from '../words.ts'

const { paymentMethod: leaf } = contract.billing
const KINDS = ['card', 'bank-account', 'bank-transfer'] as const

/** Notes a way in which a customer pays: what it is known by, never its whole number. */
export function MethodDialog({
  customer,
  onClose,
}: {
  readonly customer: CustomerShown
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const add = useCommand(leaf.add)
  const [kind, setKind] = useState<(typeof KINDS)[number]>('card')
  const [brand, setBrand] = useState('')
  const [holder, setHolder] = useState(customer.name)
  const [last4, setLast4] = useState('')
  const [expires, setExpires] = useState('')
  const [isDefault, setDefault] = useState(true)
  const badEnd = last4 !== '' && !/^[A-Z0-9]{4}$/.test(last4)
  const badMonth = kind === 'card' && expires !== '' && !/^\d{4}-(0[1-9]|1[0-2])$/.test(expires)
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.refunds.addMethodTitle', { name: customer.name })}
      submit={t('billing.refunds.addMethod')}
      ready={!badEnd && !badMonth && (kind === 'bank-transfer' || last4 !== '')}
      onSubmit={async () => {
        const commandId = newCommandId()
        await add.run(
          {
            ...{
              customerId: customer.id,
              kind,
              brand: brand.trim(),
              holder: holder.trim(),
              last4,
              isDefault,
            },
            expires: kind === 'card' && expires !== '' ? expires : null,
          },
          commandId,
        )
        said(t('billing.refunds.addedMethod', { name: t(`billing.refunds.kind.${kind}`) }), commandId)
      }}
    >
      <Select
        data-autofocus
        label={t('billing.refunds.kindField')}
        allowDeselect={false}
        data={KINDS.map(value => ({ value, label: t(`billing.refunds.kind.${value}`) }))}
        value={kind}
        onChange={value => setKind(KINDS.find(one => one === value) ?? 'card')}
      />
      <div className={catalogue.two}>
        <TextInput
          label={t(kind === 'card' ? 'billing.refunds.brand.card' : 'billing.refunds.brand.other')}
          maxLength={100}
          value={brand}
          onChange={event => setBrand(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.refunds.holderField')}
          maxLength={140}
          value={holder}
          onChange={event => setHolder(event.currentTarget.value)}
        />
      </div>
      <TextInput
        label={t('billing.refunds.last4')}
        description={t('billing.refunds.last4Hint')}
        maxLength={4}
        value={last4}
        error={badEnd ? t('billing.refunds.badLast4') : undefined}
        onChange={event => setLast4(event.currentTarget.value.toUpperCase())}
      />
      {kind === 'card' ? (
        <TextInput
          label={t('billing.refunds.expires')}
          maxLength={7}
          value={expires}
          error={badMonth ? t('billing.refunds.badExpires') : undefined}
          onChange={event => setExpires(event.currentTarget.value)}
        />
      ) : null}
      <Checkbox
        label={t('billing.refunds.isDefault')}
        checked={isDefault}
        onChange={event => setDefault(event.currentTarget.checked)}
      />
    </FormDialog>
  )
}
