import { Tooltip } from '@mantine/core'
import { useContext } from 'react'
import { useTranslation } from 'react-i18next'
import { pointOf } from '#renderer/ui/format/decimal.ts'
import type { ShownAmount } from '#renderer/ui/format/money.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import classes from './display.module.css'
import { QuietContext } from './quiet.ts'

interface AmountProps {
  readonly amount: ShownAmount
  /** Places of the widest amount of the column, so that points stand below each other. */
  readonly alignPlaces?: number | undefined
  /** False where the currency is written once for many figures (a column head, an axis). */
  readonly code?: boolean | undefined
  /** Colours negative amounts. The sign is always there. */
  readonly toned?: boolean | undefined
}

function Amount({ amount, alignPlaces = 0, code = true, toned = false }: AmountProps) {
  const { t } = useTranslation()
  const { numberStyle } = useFormat()
  const quiet = useContext(QuietContext)
  const missing = alignPlaces - amount.places
  const pad = missing > 0 ? `${amount.places === 0 ? pointOf(numberStyle) : ''}${'0'.repeat(missing)}` : ''
  const exact = t('ui.money.exact', { amount: `${amount.exact} ${amount.code}` })
  const negative = toned && amount.exact.startsWith('−')
  const body = (
    <>
      <span className={amount.rounded && !quiet ? classes.hint : undefined}>
        {amount.figure}
        {pad === '' ? null : (
          <span className={classes.pad} aria-hidden="true">
            {pad}
          </span>
        )}
      </span>
      {code ? <span className={classes.code}>{amount.code}</span> : null}
    </>
  )
  const className = `${classes.amount} ${negative ? classes.negative : ''}`
  if (!amount.rounded) return <span className={className}>{body}</span>
  if (quiet) {
    return (
      <span className={className} title={exact}>
        {body}
      </span>
    )
  }
  return (
    <Tooltip label={exact}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the exact value must be reachable by keyboard */}
      <span className={className} tabIndex={0}>
        {body}
        <span className="qd-visually-hidden">{exact}</span>
      </span>
    </Tooltip>
  )
}

type Shared = Omit<AmountProps, 'amount'> & { readonly currency: string }

/** Billed money: minor units of a currency, with its code. */
export function Money({ minor, currency, ...rest }: Shared & { readonly minor: bigint }) {
  return <Amount amount={useFormat().money(minor, currency)} {...rest} />
}

/**
 * Cost: an int64 of 10^-9 (or 10^-6) of the currency's unit, shown in minor units or `places`; the exact
 * value on hover and focus.
 */
export function Cost({
  units,
  currency,
  places,
  ...rest
}: Shared & { readonly units: bigint; readonly places?: number | undefined }) {
  return <Amount amount={useFormat().cost(units, currency, places)} {...rest} />
}
