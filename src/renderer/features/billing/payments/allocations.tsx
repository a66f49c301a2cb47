import { TextInput } from '@mantine/core'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { minorFromText, textFromMinor } from './amount.ts'
import classes from './payments.module.css'

export interface AllocationChoice {
  readonly allocations: { readonly invoiceId: string; readonly amount: bigint }[]
  /** False where something typed is no amount, or is too much. */
  readonly ok: boolean
}

/**
 * Divides an amount among a customer's open invoices. It begins with what the core proposes, and each part can be
 * changed; what is left over stays on the customer's account.
 */
export function Allocations({
  customerId,
  currency,
  amount,
  reference,
  onChange,
}: {
  readonly customerId: string
  readonly currency: string
  readonly amount: bigint
  readonly reference: string
  readonly onChange: (choice: AllocationChoice) => void
}) {
  const { t } = useTranslation()
  const open = useCoreQuery(contract.billing.payment.open, { customerId, limit: 1000 })
  const proposed = useCoreQuery(contract.billing.payment.propose, { customerId, currency, amount, reference })
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({})
  const invoices = (open.data?.invoices ?? []).filter(invoice => invoice.currency === currency)
  const parts = invoices.map(invoice => {
    const part = proposed.data?.allocations.find(one => one.invoiceId === invoice.invoiceId)
    const text = typed[invoice.invoiceId] ?? (part ? textFromMinor(part.amount, currency) : '')
    const minor = text.trim() === '' ? 0n : minorFromText(text, currency)
    return { invoice, text, minor, over: minor !== undefined && minor > invoice.open }
  })
  const sum = parts.reduce((total, { minor }) => total + (minor ?? 0n), 0n)
  const rest = amount - sum
  const ok =
    proposed.data !== undefined && rest >= 0n && parts.every(part => part.minor !== undefined && !part.over)
  const said = JSON.stringify(parts.map(part => [part.invoice.invoiceId, String(part.minor)]))
  // biome-ignore lint/correctness/useExhaustiveDependencies: `said` stands for the parts, which are new at each drawing
  useEffect(() => {
    const allocations = parts.flatMap(({ invoice, minor }) =>
      minor !== undefined && minor > 0n ? [{ invoiceId: invoice.invoiceId, amount: minor }] : [],
    )
    onChange({ allocations, ok })
  }, [said, ok, onChange])
  if (!open.data || !proposed.data) return <LoadingState rows={2} />
  if (invoices.length === 0) return <p>{t('billing.payments.noOpenInvoice', { currency })}</p>
  return (
    <fieldset style={{ border: 0, padding: 0, margin: 0 }}>
      <legend className="qd-visually-hidden">{t('billing.payments.settles')}</legend>
      {parts.map(({ invoice, text, minor, over }) => (
        <div key={invoice.invoiceId} className={classes.allocation}>
          <span>{invoice.number}</span>
          <Money minor={invoice.open} currency={currency} />
          <TextInput
            aria-label={t('billing.payments.partOf', { number: invoice.number })}
            value={text}
            inputMode="decimal"
            placeholder="0"
            error={
              minor === undefined
                ? t('billing.payments.badAmount')
                : over
                  ? t('billing.payments.overOpen')
                  : undefined
            }
            onChange={event => setTyped({ ...typed, [invoice.invoiceId]: event.currentTarget.value })}
          />
        </div>
      ))}
      <p className={classes.sum}>
        <span>{rest < 0n ? t('billing.payments.tooMuch') : t('billing.payments.rest')}</span>
        <Money minor={rest} currency={currency} toned />
      </p>
    </fieldset>
  )
}
