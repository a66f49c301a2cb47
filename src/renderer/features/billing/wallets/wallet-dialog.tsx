import { Checkbox, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { CURRENCY_OPTIONS } from '#renderer/features/workspace/choices.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import type { Wallet } from '#shared/contract/billing/wallets.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { minorOf, typedOf } from '../corrections/amount.ts'
import { CustomerSelect } from '../payments/customer-select.tsx'
import { PaysForFields } from './pays-for-fields.tsx'

const { wallet: leaf } = contract.billing

interface Owner {
  readonly id: string
  readonly name: string
  readonly currency: string
}

/** Gives a customer a wallet, or changes what is said of one. */
export function WalletDialog(props: {
  /** Null where it is still to be chosen. */
  readonly customer: Owner | null
  readonly wallet: Wallet | null
  readonly onClose: () => void
}) {
  const { wallet, onClose } = props
  const [customer, setCustomer] = useState(props.customer)
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const create = useCommand(leaf.create)
  const edit = useCommand(leaf.edit)
  const [name, setName] = useState(wallet?.name ?? '')
  const [currency, setCurrency] = useState(wallet?.currency ?? customer?.currency ?? 'USD')
  const [paysInvoices, setPays] = useState(wallet?.paysInvoices ?? true)
  const before = wallet?.autoTopUp ?? null
  const [auto, setAuto] = useState(before !== null)
  const typed = (minor: bigint | undefined) => (minor === undefined ? '' : typedOf(minor, currency))
  const [below, setBelow] = useState(typed(before?.below))
  const [amount, setAmount] = useState(typed(before?.amount))
  const [most, setMost] = useState(typed(before?.most))
  const [paysFor, setPaysFor] = useState(wallet?.paysFor ?? null)
  const [low, setLow] = useState(typed(wallet?.lowBelow ?? undefined))
  const lowBelow = low.trim() === '' ? null : minorOf(low, currency)
  const badLow = low.trim() !== '' && !above(low, currency)
  const [, by, atMost] = [below, amount, most].map(text => minorOf(text, currency))
  const badMost = by != null && atMost != null && atMost < by ? t('billing.wallets.autoMostLess') : undefined
  const autoTopUp = auto ? autoOf([below, amount, most].map(text => minorOf(text, currency))) : null
  return (
    <FormDialog
      opened
      size="md"
      onClose={onClose}
      title={
        props.customer
          ? t(wallet ? 'billing.wallets.editTitle' : 'billing.wallets.addTitle', {
              name: props.customer.name,
            })
          : t('billing.wallets.add')
      }
      submit={t(wallet ? 'billing.wallets.save' : 'billing.wallets.add')}
      ready={name.trim() !== '' && customer !== null && (!auto || autoTopUp !== null) && !badLow}
      onSubmit={async () => {
        const commandId = newCommandId()
        const words = { name: name.trim(), paysInvoices, autoTopUp, paysFor, lowBelow }
        if (wallet) await edit.run({ walletId: wallet.id, ...words }, commandId)
        else if (customer) await create.run({ customerId: customer.id, currency, ...words }, commandId)
        said(t(wallet ? 'billing.wallets.saved' : 'billing.wallets.added', { name: words.name }), commandId)
      }}
    >
      {props.customer ? null : (
        <CustomerSelect
          label={t('billing.wallets.customer')}
          value={customer}
          autoFocus
          onChange={one => {
            setCustomer(one)
            setCurrency(one.currency)
          }}
        />
      )}
      <TextInput
        {...(props.customer ? { 'data-autofocus': true } : {})}
        label={t('billing.wallets.name')}
        description={t('billing.wallets.nameHint')}
        maxLength={120}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      {wallet ? null : (
        <Select
          label={t('billing.wallets.currency')}
          description={t('billing.wallets.currencyHint')}
          searchable
          allowDeselect={false}
          data={CURRENCY_OPTIONS}
          value={currency}
          onChange={value => setCurrency(value ?? currency)}
        />
      )}
      <Checkbox
        label={t('billing.wallets.pays')}
        description={t('billing.wallets.paysHint')}
        checked={paysInvoices}
        onChange={event => setPays(event.currentTarget.checked)}
      />
      <PaysForFields value={paysFor} onChange={setPaysFor} />
      <TextInput
        label={t('billing.wallets.lowBelow', { currency })}
        description={t('billing.wallets.lowBelowHint')}
        inputMode="decimal"
        value={low}
        error={badLow ? t('billing.wallets.badAmount') : undefined}
        onChange={event => setLow(event.currentTarget.value)}
      />
      <Checkbox
        label={t('billing.wallets.auto')}
        description={t('billing.wallets.autoHint')}
        checked={auto}
        onChange={event => setAuto(event.currentTarget.checked)}
      />
      {auto ? (
        <div className={classes.fieldsRow}>
          {(
            [
              ['autoBelow', below, setBelow],
              ['autoAmount', amount, setAmount],
              ['autoMost', most, setMost],
            ] as const
          ).map(([word, value, set]) => (
            <TextInput
              key={word}
              label={t(`billing.wallets.${word}`, { currency })}
              inputMode="decimal"
              value={value}
              error={
                value.trim() !== '' && !above(value, currency)
                  ? t('billing.wallets.badAmount')
                  : word === 'autoMost'
                    ? badMost
                    : undefined
              }
              onChange={event => set(event.currentTarget.value)}
            />
          ))}
        </div>
      ) : null}
    </FormDialog>
  )
}

/** Whether an amount of more than nothing was typed. */
function above(text: string, currency: string): boolean {
  const minor = minorOf(text, currency)
  return minor !== null && minor > 0n
}

/** What was typed of topping up; null where it makes no sense. */
function autoOf([below, amount, most]: readonly (bigint | null)[]): Wallet['autoTopUp'] {
  if (!below || !amount || !most || below <= 0n || amount <= 0n || most < amount) return null
  return { below, amount, most }
}
