import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Temporal } from 'temporal-polyfill'
import { ibanFault } from '#engines/billing/payments/iban.ts'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { contract } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'
import type { CustomerShown } from '../words.ts'

const SCHEMES = ['CORE', 'B2B'] as const
const KINDS = ['recurrent', 'one-off'] as const

/** Keeps what a customer signed. */
export function MandateDialog({
  customer,
  onClose,
}: {
  readonly customer: CustomerShown
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const said = useSaidWithUndo()
  const add = useCommand(contract.billing.mandate.add)
  const today = Temporal.Now.plainDateISO(format.zone).toString()
  const [holder, setHolder] = useState(customer.name.slice(0, 70))
  const [iban, setIban] = useState('')
  const [bic, setBic] = useState('')
  const [reference, setReference] = useState('')
  const [scheme, setScheme] = useState<(typeof SCHEMES)[number]>('CORE')
  const [kind, setKind] = useState<(typeof KINDS)[number]>('recurrent')
  const [signedOn, setSignedOn] = useState(today)
  const fault = iban.trim() === '' ? null : ibanFault(iban)
  const badBic = bic.trim() !== '' && !/^[A-Za-z]{6}[A-Za-z0-9]{2}([A-Za-z0-9]{3})?$/.test(bic.trim())
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.sepa.addMandateTitle', { name: customer.name })}
      submit={t('billing.sepa.addMandate')}
      ready={
        holder.trim() !== '' &&
        iban.trim() !== '' &&
        fault === null &&
        !badBic &&
        signedOn !== '' &&
        signedOn <= today
      }
      onSubmit={async () => {
        const commandId = newCommandId()
        const made = await add.run(
          {
            ...{ customerId: customer.id, reference: reference.trim(), scheme, kind, signedOn },
            ...{ holder: holder.trim(), iban: iban.trim(), bic: bic.trim() },
          },
          commandId,
        )
        said(t('billing.sepa.addedMandate', { reference: made.reference }), commandId)
      }}
    >
      <TextInput
        data-autofocus
        label={t('billing.sepa.iban')}
        maxLength={50}
        value={iban}
        error={
          fault === null ? undefined : t('errors.BILLING_ACCOUNT_NUMBER', { field: 'iban', reason: fault })
        }
        onChange={event => setIban(event.currentTarget.value)}
      />
      <div className={catalogue.two}>
        <TextInput
          label={t('billing.sepa.holder')}
          maxLength={70}
          value={holder}
          onChange={event => setHolder(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.sepa.bic')}
          description={t('billing.sepa.bicHint')}
          maxLength={11}
          value={bic}
          error={badBic ? t('billing.sepa.badBic') : undefined}
          onChange={event => setBic(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('billing.sepa.signedOn')}
          max={today}
          value={signedOn}
          error={signedOn > today ? t('errors.BILLING_MANDATE_IN_FUTURE') : undefined}
          onChange={event => setSignedOn(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.sepa.reference')}
          description={t('billing.sepa.referenceHint')}
          maxLength={35}
          value={reference}
          onChange={event => setReference(event.currentTarget.value)}
        />
        <Select
          label={t('billing.sepa.scheme')}
          allowDeselect={false}
          data={SCHEMES.map(value => ({ value, label: t(`billing.sepa.schemes.${value}`) }))}
          value={scheme}
          onChange={value => setScheme(SCHEMES.find(one => one === value) ?? 'CORE')}
        />
        <Select
          label={t('billing.sepa.kind')}
          allowDeselect={false}
          data={KINDS.map(value => ({ value, label: t(`billing.sepa.kinds.${value}`) }))}
          value={kind}
          onChange={value => setKind(KINDS.find(one => one === value) ?? 'recurrent')}
        />
      </div>
    </FormDialog>
  )
}
