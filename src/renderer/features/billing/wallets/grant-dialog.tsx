import { NumberInput, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import type { PaysFor, Wallet } from '#shared/contract/billing/wallets.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { minorOf } from '../corrections/amount.ts'
import { moneyText } from '../coupons/words.ts'
import { startOfDay } from '../subscriptions/at-choice.tsx'
import { PaysForFields } from './pays-for-fields.tsx'

const { wallet: leaf } = contract.billing
const KINDS = ['free', 'top-up', 'paid'] as const
const DAY = 86_400_000n

/** Puts an amount into a wallet. */
export function GrantDialog(props: {
  readonly wallet: Wallet
  readonly zone: string
  readonly onClose: () => void
}) {
  const { wallet, zone, onClose } = props
  const { t } = useTranslation()
  const format = useFormat()
  const said = useSaidWithUndo()
  const toasts = useToasts()
  const grant = useCommand(leaf.grant)
  const topUp = useCommand(leaf.topUp)
  const [amount, setAmount] = useState('')
  const [kind, setKind] = useState<(typeof KINDS)[number]>('free')
  const [priority, setPriority] = useState<number | string>(50)
  const [from, setFrom] = useState('')
  const [until, setUntil] = useState('')
  const [note, setNote] = useState('')
  const [paysFor, setPaysFor] = useState<PaysFor | null>(null)
  const minor = minorOf(amount, wallet.currency)
  const startsAt = from === '' || kind === 'top-up' ? undefined : (startOfDay(from, zone) ?? undefined)
  const last = until === '' ? null : startOfDay(until, zone)
  const inverted = last !== null && startsAt !== undefined && last < startsAt
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={t('billing.wallets.grantTitle', { name: wallet.name })}
      submit={t('billing.wallets.grant')}
      ready={minor !== null && minor > 0n && typeof priority === 'number' && !inverted}
      onSubmit={async () => {
        if (minor === null || typeof priority !== 'number') return
        const commandId = newCommandId()
        // The day that is named still counts: it expires when that is over.
        const expiresAt = last === null ? null : last + DAY
        const terms = { walletId: wallet.id, amount: minor, priority, note: note.trim(), expiresAt, paysFor }
        const starts = startsAt === undefined ? {} : { startsAt }
        const made =
          kind === 'top-up'
            ? await topUp.run(terms, commandId)
            : await grant.run({ ...terms, kind, ...starts }, commandId)
        const shown = moneyText(minor, wallet.currency, format)
        if (made.state === 'asked') {
          toasts.show({ text: t('billing.wallets.asking', { amount: shown }), tone: 'info' })
          return
        }
        said(
          t(kind === 'top-up' ? 'billing.wallets.toppedUp' : 'billing.wallets.granted', {
            amount: shown,
            name: wallet.name,
          }),
          commandId,
        )
      }}
    >
      <div className={classes.two}>
        <TextInput
          data-autofocus
          label={t('billing.wallets.amountIn', { currency: wallet.currency })}
          inputMode="decimal"
          value={amount}
          error={amount !== '' && minor === null ? t('billing.wallets.badAmount') : undefined}
          onChange={event => setAmount(event.currentTarget.value)}
        />
        <Select
          label={t('billing.wallets.kind')}
          allowDeselect={false}
          data={KINDS.map(value => ({ value, label: t(`billing.wallets.kinds.${value}`) }))}
          value={kind}
          onChange={value => setKind(KINDS.find(one => one === value) ?? 'free')}
        />
        <TextInput
          type="date"
          label={t('billing.wallets.from')}
          description={t('billing.wallets.fromHint')}
          disabled={kind === 'top-up'}
          value={kind === 'top-up' ? '' : from}
          onChange={event => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('billing.wallets.until')}
          description={t('billing.wallets.untilHint')}
          value={until}
          error={inverted ? t('billing.wallets.inverted') : undefined}
          onChange={event => setUntil(event.currentTarget.value)}
        />
      </div>
      {kind === 'top-up' ? <p className={classes.note}>{t('billing.wallets.topUpText')}</p> : null}
      <NumberInput
        label={t('billing.wallets.priority')}
        description={t('billing.wallets.priorityHint')}
        min={0}
        max={1000}
        allowDecimal={false}
        value={priority}
        onChange={setPriority}
      />
      <PaysForFields value={paysFor} onChange={setPaysFor} />
      <TextInput
        label={t('billing.wallets.note')}
        description={t('billing.wallets.noteHint')}
        maxLength={2000}
        value={note}
        onChange={event => setNote(event.currentTarget.value)}
      />
      <p className={classes.facts}>{t('billing.wallets.order')}</p>
    </FormDialog>
  )
}
