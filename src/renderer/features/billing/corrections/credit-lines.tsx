import { TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Money } from '#renderer/ui/display/money.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { minorOf } from './amount.ts'
import type { Corrections } from './types.ts'

/** What was typed of a line: an amount before tax, or a quantity. */
export interface TypedLine {
  readonly amount: string
  readonly quantity: string
}
export type TypedLines = Readonly<Record<string, TypedLine>>

type Wanted = { lineId: string; amount: bigint } | { lineId: string; quantity: string }

/** What was typed as the core takes it; null where something typed is no figure, or nothing was. */
export function wantedLines(
  lines: Corrections['lines'],
  typed: TypedLines,
  currency: string,
): Wanted[] | null {
  const wanted: Wanted[] = []
  for (const { lineId } of lines) {
    const { amount = '', quantity = '' } = typed[lineId] ?? {}
    if (quantity.trim() !== '') {
      if (!/^-?(0|[1-9]\d*)(\.\d{1,12})?$/.test(quantity.trim())) return null
      wanted.push({ lineId, quantity: quantity.trim() })
    } else if (amount.trim() !== '') {
      const minor = minorOf(amount, currency)
      if (minor === null) return null
      wanted.push({ lineId, amount: minor })
    }
  }
  return wanted.length === 0 ? null : wanted
}

/** The lines of an invoice with what is left of them, and fields for what is given back of each. */
export function CreditLines({
  corrections,
  typed,
  onType,
}: {
  readonly corrections: Corrections
  readonly typed: TypedLines
  readonly onType: (lineId: string, line: TypedLine) => void
}) {
  const { t } = useTranslation()
  const { currency } = corrections
  const left = corrections.lines.filter(line => line.left.amount !== 0n)
  return (
    <SmallTable
      label={t('billing.corrections.credit.lines')}
      head={[
        t('billing.corrections.credit.line'),
        t('billing.corrections.credit.leftOf'),
        `${t('billing.corrections.credit.creditOf')}, ${currency}`,
        t('billing.corrections.credit.quantityOf'),
      ]}
      figures={[1]}
      rows={left.map(line => {
        const one = typed[line.lineId] ?? { amount: '', quantity: '' }
        return [
          line.name,
          <Money key="left" minor={line.left.amount} currency={currency} />,
          <TextInput
            key="amount"
            aria-label={`${line.name}: ${t('billing.corrections.credit.creditOf')}`}
            inputMode="decimal"
            value={one.amount}
            onChange={event => onType(line.lineId, { amount: event.currentTarget.value, quantity: '' })}
          />,
          line.unit === null && line.quantity === '0' ? null : (
            <TextInput
              key="quantity"
              aria-label={`${line.name}: ${t('billing.corrections.credit.quantityOf')}`}
              inputMode="decimal"
              placeholder={`${line.left.quantity} ${line.unit ?? ''}`.trim()}
              value={one.quantity}
              onChange={event => onType(line.lineId, { amount: '', quantity: event.currentTarget.value })}
            />
          ),
        ]
      })}
    />
  )
}
