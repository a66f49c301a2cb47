import { SegmentedControl, TextInput } from '@mantine/core'
import { useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Temporal } from 'temporal-polyfill'
import { billingPeriodAt } from '#engines/billing/periods.ts'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import classes from '../catalogue.module.css'
import type { SubscriptionShown } from '../words.ts'
import { shortInstant } from './timeline.tsx'

export type AtKind = 'now' | 'period-end' | 'day'

/** An instant that a person chooses: now, the end of the billing period, or a day in the customer's zone. */
export interface AtChoice {
  readonly kind: AtKind
  readonly day: string
  readonly at: bigint | null
  readonly setKind: (kind: AtKind) => void
  readonly setDay: (day: string) => void
}

/** @param subscription whose billing period is meant; without one there is no end of a period */
export function useAt(first: AtKind, zone: string, subscription: SubscriptionShown | null): AtChoice {
  // The moment at which the dialog was opened, so that what it shows is what is sent.
  const [now] = useState(() => Date.now())
  const [kind, setKind] = useState<AtKind>(first)
  const [day, setDay] = useState(() => dayOf(now, zone))
  const at =
    kind === 'now'
      ? BigInt(now)
      : kind === 'day'
        ? startOfDay(day, zone)
        : subscription
          ? billingPeriodAt({ ...subscription, zone }, BigInt(now)).to
          : null
  return { kind, day, at, setKind, setDay }
}

/** Midnight of a day in a zone; null for what is not a day. */
export function startOfDay(day: string, zone: string): bigint | null {
  try {
    return BigInt(Temporal.PlainDate.from(day).toZonedDateTime(zone).epochMilliseconds)
  } catch {
    return null
  }
}

/** The control for it, with what was chosen in words. */
export function AtInput({
  choice,
  zone,
  kinds,
  first = false,
}: {
  readonly choice: AtChoice
  readonly zone: string
  readonly kinds: readonly AtKind[]
  /** It is the first field of its dialog, and has the focus when that opens. */
  readonly first?: boolean
}) {
  const { t } = useTranslation()
  const { dateStyle } = useFormat()
  const field = useRef<HTMLFieldSetElement>(null)
  useLayoutEffect(() => {
    // The dialog looks for this mark; the control has no way to hand it to its inputs.
    if (first) field.current?.querySelector('input:checked')?.setAttribute('data-autofocus', 'true')
  }, [first])
  const words = {
    now: t('billing.subscription.now'),
    'period-end': t('billing.subscription.periodEnd'),
    day: t('billing.subscription.onDay'),
  }
  return (
    <fieldset ref={field} className={classes.at}>
      <legend>{t('billing.subscription.at')}</legend>
      <SegmentedControl
        aria-label={t('billing.subscription.at')}
        value={choice.kind}
        onChange={value => choice.setKind(value as AtKind)}
        data={kinds.map(kind => ({ value: kind, label: words[kind] }))}
      />
      {choice.kind === 'day' ? (
        <TextInput
          type="date"
          aria-label={t('billing.subscription.day')}
          description={t('billing.subscription.dayHint', { zone })}
          inputWrapperOrder={['input', 'description', 'error']}
          value={choice.day}
          onChange={event => choice.setDay(event.currentTarget.value)}
        />
      ) : choice.at === null ? null : (
        <p>{t('billing.subscription.takes', { zone, when: shortInstant(choice.at, zone, dateStyle) })}</p>
      )}
    </fieldset>
  )
}
