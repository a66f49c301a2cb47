import { Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { CURRENCY_OPTIONS } from '#renderer/features/workspace/choices.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import type { LegalEntity } from '#shared/contract/billing/entities.ts'
import { Key } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { isCountry } from '../tax/typed.ts'

const { entity: leaf } = contract.billing
const CONSUMERS = ['origin', 'destination'] as const
const PREFIX = /^[A-Z0-9]{1,12}$/

/** Adds a legal entity, or changes one. The first one is offered what the settings say. */
export function EntityDialog({
  entity,
  first,
  onClose,
}: {
  readonly entity: LegalEntity | null
  readonly first: boolean
  readonly onClose: () => void
}) {
  const settings = useCoreQuery(contract.workspace.settings.list, {}, { enabled: first })
  if (first && !settings.data && !settings.error) return null
  const values = new Map((settings.data?.settings ?? []).map(one => [one.name as string, one.value]))
  const text = (name: string) => (typeof values.get(name) === 'string' ? (values.get(name) as string) : '')
  const address = values.get('billing.address')
  const offered = {
    ...{ name: text('billing.legalName') || text('workspace.name'), country: text('billing.country') },
    ...{
      taxId: text('billing.taxId'),
      currency: text('workspace.currency') || text('billing.defaultCurrency'),
    },
    ...{ invoicePrefix: text('billing.invoicePrefix'), creditNotePrefix: text('billing.creditNotePrefix') },
    address: Array.isArray(address) ? (address as string[]) : [],
  }
  return <Form entity={entity} offered={offered} onClose={onClose} />
}

interface Offered {
  readonly name: string
  readonly address: readonly string[]
  readonly country: string
  readonly taxId: string
  readonly currency: string
  readonly invoicePrefix: string
  readonly creditNotePrefix: string
}

function Form({
  entity,
  offered,
  onClose,
}: {
  readonly entity: LegalEntity | null
  readonly offered: Offered
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const create = useCommand(leaf.create)
  const edit = useCommand(leaf.edit)
  const said = useSaidWithUndo()
  const from: Offered = entity ?? offered
  const [key, setKey] = useState('')
  const [name, setName] = useState(from.name)
  const [address, setAddress] = useState(from.address.join('\n'))
  const [country, setCountry] = useState(from.country)
  const [taxId, setTaxId] = useState(from.taxId)
  const [currency, setCurrency] = useState(from.currency)
  const [invoicePrefix, setInvoicePrefix] = useState(from.invoicePrefix)
  const [creditNotePrefix, setCreditNotePrefix] = useState(from.creditNotePrefix)
  const [bankName, setBankName] = useState(entity?.bankName ?? '')
  const [iban, setIban] = useState(entity?.iban ?? '')
  const [bic, setBic] = useState(entity?.bic ?? '')
  const [consumers, setConsumers] = useState(entity?.consumers ?? 'origin')
  const [typed, setRegistrations] = useState(
    (entity?.registrations ?? []).map(one => `${one.country} ${one.number}`).join('\n'),
  )
  const registrations = registrationsOf(typed)
  const badKey = key !== '' && !Key.safeParse(key).success
  const ready =
    (entity !== null || (key !== '' && !badKey)) &&
    name.trim() !== '' &&
    isCountry(country) &&
    currency !== '' &&
    [invoicePrefix, creditNotePrefix].every(prefix => PREFIX.test(prefix)) &&
    registrations !== null
  const badPrefix = (prefix: string) =>
    prefix === '' || PREFIX.test(prefix) ? undefined : t('billing.entities.badPrefix')
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={entity ? t('billing.entities.editTitle', { name: entity.name }) : t('billing.entities.addTitle')}
      submit={entity ? t('billing.entities.save') : t('billing.entities.add')}
      ready={ready}
      onSubmit={async () => {
        const commandId = newCommandId()
        const words = {
          ...{
            name: name.trim(),
            address: linesOf(address),
            country,
            taxId: taxId.trim(),
            currency,
            consumers,
          },
          ...{ registrations: registrations!, bankName: bankName.trim(), iban: iban.trim(), bic: bic.trim() },
          ...{ invoicePrefix, creditNotePrefix },
        }
        if (entity) await edit.run({ entityId: entity.id, ...words }, commandId)
        else await create.run({ key, ...words }, commandId)
        said(t(entity ? 'billing.entities.saved' : 'billing.entities.added', { name: words.name }), commandId)
      }}
    >
      {entity ? null : (
        <TextInput
          data-autofocus
          label={t('billing.entities.key')}
          description={t('billing.entities.keyHint')}
          maxLength={64}
          value={key}
          error={badKey ? t('billing.entities.badKey') : undefined}
          onChange={event => setKey(event.currentTarget.value)}
        />
      )}
      <TextInput
        {...(entity ? { 'data-autofocus': true } : {})}
        label={t('billing.entities.name')}
        maxLength={200}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      <Textarea
        label={t('billing.entities.address')}
        description={t('billing.entities.addressHint')}
        autosize
        minRows={2}
        value={address}
        onChange={event => setAddress(event.currentTarget.value)}
      />
      <div className={classes.fieldsRow}>
        <TextInput
          label={t('billing.entities.country')}
          maxLength={2}
          value={country}
          error={country !== '' && !isCountry(country) ? t('billing.tax.badCountry') : undefined}
          onChange={event => setCountry(event.currentTarget.value.toUpperCase())}
        />
        <TextInput
          label={t('billing.entities.taxId')}
          maxLength={60}
          value={taxId}
          onChange={event => setTaxId(event.currentTarget.value)}
        />
        <Select
          label={t('billing.entities.currency')}
          searchable
          limit={60}
          allowDeselect={false}
          data={CURRENCY_OPTIONS}
          value={currency === '' ? null : currency}
          onChange={value => value && setCurrency(value)}
        />
      </div>
      <div className={classes.fieldsRow}>
        <TextInput
          label={t('billing.entities.invoicePrefix')}
          description={t('billing.entities.prefixHint')}
          maxLength={12}
          value={invoicePrefix}
          error={badPrefix(invoicePrefix)}
          onChange={event => setInvoicePrefix(event.currentTarget.value.toUpperCase())}
        />
        <TextInput
          label={t('billing.entities.creditNotePrefix')}
          maxLength={12}
          value={creditNotePrefix}
          error={badPrefix(creditNotePrefix)}
          onChange={event => setCreditNotePrefix(event.currentTarget.value.toUpperCase())}
        />
      </div>
      <div className={classes.fieldsRow}>
        <TextInput
          label={t('billing.entities.bankName')}
          maxLength={120}
          value={bankName}
          onChange={event => setBankName(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.entities.iban')}
          maxLength={42}
          value={iban}
          onChange={event => setIban(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.entities.bic')}
          maxLength={11}
          value={bic}
          onChange={event => setBic(event.currentTarget.value.toUpperCase())}
        />
      </div>
      <Textarea
        label={t('billing.entities.registrations')}
        description={t('billing.entities.registrationsHint')}
        autosize
        minRows={1}
        value={typed}
        error={registrations === null ? t('billing.entities.badRegistrations') : undefined}
        onChange={event => setRegistrations(event.currentTarget.value)}
      />
      <Select
        label={t('billing.entities.consumers')}
        allowDeselect={false}
        data={CONSUMERS.map(value => ({ value, label: t(`billing.entities.consumersChoice.${value}`) }))}
        value={consumers}
        onChange={value => setConsumers(value as typeof consumers)}
      />
    </FormDialog>
  )
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
}

/** Countries with numbers, a line for each; null where a line is none. */
function registrationsOf(text: string): { country: string; number: string }[] | null {
  const found = linesOf(text).map(line => /^([A-Za-z]{2})\s+(\S.*)$/.exec(line))
  if (found.some(match => match === null)) return null
  return found.map(match => ({ country: match![1]!.toUpperCase(), number: match![2]! }))
}
