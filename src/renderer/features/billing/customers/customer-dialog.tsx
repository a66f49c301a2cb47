import { NumberInput, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { CURRENCY_OPTIONS, ZONE_OPTIONS } from '#renderer/features/workspace/choices.ts'
import { isEmail } from '#renderer/features/workspace/email.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Key } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { keyFrom } from '../key-from.ts'
import { fractionOf, percentOf } from '../percent.ts'
import type { CustomerShown } from '../words.ts'
import { USE_BALANCE, type UseBalance, useBalanceOf } from './use-balance.ts'

const { customer } = contract.billing

/** Adds a customer, or changes one. What was typed stays until it is stored. */
export function CustomerDialog(props: {
  readonly customerId: string | null
  readonly onClose: () => void
  readonly onAdded?: (id: string) => void
}) {
  const { customerId } = props
  const query = useCoreQuery(
    customer.get,
    { customerId: customerId ?? '00000000-0000-7000-8000-000000000000' },
    { enabled: customerId !== null },
  )
  if (customerId !== null && !query.data) return null
  return <CustomerForm {...props} before={query.data ?? null} />
}

function CustomerForm({
  before,
  onClose,
  onAdded,
}: {
  readonly before: CustomerShown | null
  readonly onClose: () => void
  readonly onAdded?: (id: string) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const create = useCommand(customer.create)
  const edit = useCommand(customer.edit)
  const said = useSaidWithUndo()
  const [name, setName] = useState(before?.name ?? '')
  const [key, setKey] = useState(before?.key ?? '')
  const [keyTouched, setKeyTouched] = useState(false)
  const [email, setEmail] = useState(before?.email ?? '')
  const [country, setCountry] = useState(before?.country ?? '')
  const [currency, setCurrency] = useState(before?.currency ?? 'USD')
  const [zone, setZone] = useState(before?.zone ?? format.zone)
  const profile = before?.profile
  const [legalName, setLegalName] = useState(profile?.legalName ?? '')
  const [address, setAddress] = useState(profile?.address.join('\n') ?? '')
  const [taxId, setTaxId] = useState(profile?.taxId ?? '')
  const [tax, setTax] = useState(profile?.taxRate == null ? '' : percentOf(profile.taxRate))
  const [paymentDays, setPaymentDays] = useState(profile?.paymentDays ?? 30)
  const [purchaseOrder, setPurchaseOrder] = useState(profile?.purchaseOrder ?? '')
  const [useBalance, setUseBalance] = useState<UseBalance>(useBalanceOf(profile?.useBalance))

  const suggested = keyTouched || before ? key : keyFrom(name)
  const badKey = suggested !== '' && !Key.safeParse(suggested).success
  const badCountry = country !== '' && !/^[A-Z]{2}$/.test(country)
  const badEmail = email.trim() !== '' && !isEmail(email)
  const taxRate = tax.trim() === '' ? null : fractionOf(tax)
  const ready =
    name.trim() !== '' &&
    suggested !== '' &&
    country !== '' &&
    !(badKey || badCountry || badEmail || taxRate === undefined)

  const submit = async () => {
    const commandId = newCommandId()
    const words = {
      ...{ name: name.trim(), email: email.trim(), country, zone },
      profile: {
        legalName: legalName.trim(),
        address: address.split('\n').flatMap(line => line.trim() || []),
        taxId: taxId.trim(),
        taxRate: taxRate ?? null,
        paymentDays,
        purchaseOrder: purchaseOrder.trim(),
        useBalance: useBalance === 'usual' ? null : useBalance === 'yes',
      },
    }
    if (before) await edit.run({ ...words, customerId: before.id }, commandId)
    else {
      const made = await create.run({ ...words, key: suggested, currency }, commandId)
      onAdded?.(made.id)
    }
    said(t(before ? 'billing.customers.saved' : 'billing.customers.added', { name: words.name }), commandId)
  }
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={
        before ? t('billing.customers.editTitle', { name: before.name }) : t('billing.customers.addTitle')
      }
      submit={before ? t('billing.customers.save') : t('billing.customers.add')}
      ready={ready}
      size="md"
      onSubmit={submit}
    >
      <TextInput
        data-autofocus
        label={t('billing.customers.name')}
        value={name}
        maxLength={200}
        onChange={event => setName(event.currentTarget.value)}
      />
      <div className={classes.two}>
        <TextInput
          label={t('billing.customers.key')}
          description={t('billing.customers.keyHint')}
          disabled={before !== null}
          value={suggested}
          error={badKey ? t('billing.customers.badKey') : undefined}
          onChange={event => {
            setKeyTouched(true)
            setKey(event.currentTarget.value)
          }}
        />
        <Select
          label={t('billing.customers.currency')}
          description={t('billing.customers.currencyHint')}
          disabled={before !== null}
          searchable
          limit={60}
          allowDeselect={false}
          data={CURRENCY_OPTIONS}
          value={currency}
          onChange={value => value && setCurrency(value)}
        />
        <TextInput
          label={t('billing.customers.country')}
          description={t('billing.customers.countryHint')}
          value={country}
          maxLength={2}
          error={badCountry ? t('billing.customers.badCountry') : undefined}
          onChange={event => setCountry(event.currentTarget.value.toUpperCase())}
        />
        <Select
          label={t('billing.customers.zone')}
          description={t('billing.customers.zoneHint')}
          searchable
          limit={60}
          allowDeselect={false}
          data={ZONE_OPTIONS}
          value={zone}
          onChange={value => value && setZone(value)}
        />
        <TextInput
          label={t('billing.customers.email')}
          type="email"
          value={email}
          error={badEmail ? t('workspace.firstRun.badEmail') : undefined}
          onChange={event => setEmail(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.profile.legalName')}
          value={legalName}
          maxLength={200}
          onChange={event => setLegalName(event.currentTarget.value)}
        />
        <Textarea
          label={t('billing.profile.address')}
          description={t('billing.profile.addressHint')}
          autosize
          minRows={2}
          maxRows={6}
          value={address}
          onChange={event => setAddress(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.profile.taxRate')}
          description={t('billing.profile.taxRateHint')}
          value={tax}
          error={taxRate === undefined ? t('billing.customers.badTax') : undefined}
          onChange={event => setTax(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.profile.taxId')}
          value={taxId}
          maxLength={60}
          onChange={event => setTaxId(event.currentTarget.value)}
        />
        <NumberInput
          label={t('billing.profile.paymentDays')}
          value={paymentDays}
          min={0}
          max={365}
          allowDecimal={false}
          onChange={value => typeof value === 'number' && setPaymentDays(value)}
        />
      </div>
      <TextInput
        label={t('billing.profile.purchaseOrder')}
        value={purchaseOrder}
        maxLength={80}
        onChange={event => setPurchaseOrder(event.currentTarget.value)}
      />
      <Select
        label={t('billing.profile.useBalance')}
        description={t('billing.profile.useBalanceHint')}
        allowDeselect={false}
        data={USE_BALANCE.map(value => ({ value, label: t(`billing.profile.useBalanceWord.${value}`) }))}
        value={useBalance}
        onChange={value => setUseBalance(USE_BALANCE.find(one => one === value) ?? 'usual')}
      />
    </FormDialog>
  )
}
