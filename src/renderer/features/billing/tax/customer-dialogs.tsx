import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import type { CustomerTax } from '#shared/contract/billing/tax.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import type { CustomerShown } from '../words.ts'
import { isCountry, isRegion, isVatex } from './typed.ts'

const { tax: leaf } = contract.billing
const KINDS = ['business', 'consumer'] as const
const FOUND = ['valid', 'invalid'] as const

/** What of a customer decides its tax besides its country and number. */
export function OwnDialog({
  customer,
  tax,
  onClose,
}: {
  readonly customer: CustomerShown
  readonly tax: CustomerTax
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const { run } = useCommand(leaf.setCustomer)
  const assign = useCommand(contract.billing.entity.assign)
  const entities = useCoreQuery(contract.billing.entity.list, {}).data?.entities ?? []
  const before = tax.entity?.said ? tax.entity.id : null
  const [entityId, setEntityId] = useState(before)
  const [kind, setKind] = useState(tax.kind)
  const [region, setRegion] = useState(tax.region)
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.tax.own.editTitle', { name: customer.name })}
      submit={t('billing.tax.save')}
      ready={isRegion(region) && (kind !== tax.kind || region !== tax.region || entityId !== before)}
      onSubmit={async () => {
        const commandId = newCommandId()
        if (kind !== tax.kind || region !== tax.region)
          await run({ customerId: customer.id, kind, region }, commandId)
        const assignId = newCommandId()
        if (entityId !== before) await assign.run({ customerId: customer.id, entityId }, assignId)
        said(t('billing.tax.own.saved', { name: customer.name }), entityId === before ? commandId : assignId)
      }}
    >
      <Select
        data-autofocus
        label={t('billing.tax.own.kind')}
        allowDeselect={false}
        data={KINDS.map(value => ({ value, label: t(`billing.tax.own.kinds.${value}`) }))}
        value={kind}
        onChange={value => setKind(value as typeof kind)}
      />
      <TextInput
        label={t('billing.tax.region')}
        description={t('billing.tax.regionHint')}
        maxLength={6}
        value={region}
        error={isRegion(region) ? undefined : t('billing.tax.badRegion')}
        onChange={event => setRegion(event.currentTarget.value.toUpperCase())}
      />
      {entities.length === 0 ? null : (
        <Select
          label={t('billing.entities.own')}
          clearable
          placeholder={t('billing.entities.ownDefault')}
          data={entities
            .filter(one => one.archivedAt === null || one.id === before)
            .map(one => ({ value: one.id, label: one.name }))}
          value={entityId}
          onChange={setEntityId}
        />
      )}
    </FormDialog>
  )
}

/** What a person found out of a VAT number, kept as evidence. */
export function FoundDialog({
  customerId,
  number,
  onClose,
}: {
  readonly customerId: string
  readonly number: string
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const { run } = useCommand(leaf.noteVatCheck)
  const [state, setState] = useState<(typeof FOUND)[number]>('valid')
  const [note, setNote] = useState('')
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.tax.own.handTitle', { number })}
      submit={t('billing.tax.own.handDo')}
      ready={note.trim() !== ''}
      onSubmit={async () => {
        await run({ customerId, state, note: note.trim() })
        const words = t(`billing.tax.own.vat.${state}`)
        toasts.show({ text: t('billing.tax.own.handSaved', { number, state: words }) })
      }}
    >
      <p>{t('billing.tax.own.handText')}</p>
      <Select
        label={t('billing.tax.own.handState')}
        allowDeselect={false}
        data={FOUND.map(value => ({ value, label: t(`billing.tax.own.vat.${value}`) }))}
        value={state}
        onChange={value => setState(value as typeof state)}
      />
      <TextInput
        data-autofocus
        label={t('billing.tax.own.handNote')}
        maxLength={500}
        value={note}
        onChange={event => setNote(event.currentTarget.value)}
      />
    </FormDialog>
  )
}

/** An exemption of a customer, as its certificate says it. */
export function CertificateDialog({
  customer,
  onClose,
}: {
  readonly customer: CustomerShown
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { zone } = useFormat()
  const said = useSaidWithUndo()
  const { run } = useCommand(leaf.addCertificate)
  const [number, setNumber] = useState('')
  const [reason, setReason] = useState('')
  const [code, setCode] = useState('')
  const [country, setCountry] = useState(customer.country)
  const [validFrom, setFrom] = useState(dayOf(useNow(), zone))
  const [validUntil, setUntil] = useState('')
  const badCountry = country !== '' && !isCountry(country)
  const badSpan = validUntil !== '' && validUntil < validFrom
  const ready =
    [number, reason, validFrom].every(text => text.trim() !== '') && !badCountry && !badSpan && isVatex(code)
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={t('billing.tax.own.certificateTitle', { name: customer.name })}
      submit={t('billing.tax.own.addCertificate')}
      ready={ready}
      onSubmit={async () => {
        const commandId = newCommandId()
        await run(
          {
            ...{ customerId: customer.id, number: number.trim(), reason: reason.trim() },
            ...{ country: country === '' ? null : country, exemption: code === '' ? null : code },
            ...{ validFrom, validUntil: validUntil === '' ? null : validUntil },
          },
          commandId,
        )
        said(t('billing.tax.own.certificateAdded', { number: number.trim() }), commandId)
      }}
    >
      <TextInput
        data-autofocus
        label={t('billing.tax.own.certificateNumber')}
        maxLength={80}
        value={number}
        onChange={event => setNumber(event.currentTarget.value)}
      />
      <TextInput
        label={t('billing.tax.own.certificateReason')}
        maxLength={200}
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
      <div className={classes.fieldsRow}>
        <TextInput
          label={t('billing.tax.own.certificateCountry')}
          description={t('billing.tax.own.certificateCountryHint')}
          maxLength={2}
          value={country}
          error={badCountry ? t('billing.tax.badCountry') : undefined}
          onChange={event => setCountry(event.currentTarget.value.toUpperCase())}
        />
        <TextInput
          label={t('billing.tax.own.certificateCode')}
          description={t('billing.tax.own.certificateCodeHint')}
          maxLength={36}
          value={code}
          error={isVatex(code) ? undefined : t('billing.tax.own.badCode')}
          onChange={event => setCode(event.currentTarget.value.toUpperCase())}
        />
      </div>
      <div className={classes.fieldsRow}>
        <TextInput
          type="date"
          label={t('billing.tax.own.validFrom')}
          value={validFrom}
          onChange={event => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('billing.tax.own.validUntil')}
          description={t('billing.tax.own.validUntilHint')}
          value={validUntil}
          error={badSpan}
          onChange={event => setUntil(event.currentTarget.value)}
        />
      </div>
    </FormDialog>
  )
}
