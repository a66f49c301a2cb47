import { useTranslation } from 'react-i18next'
import { StatusBadge, type Tone } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { CustomerTax } from '#shared/contract/billing/tax.ts'
import classes from '../catalogue.module.css'
import { shortInstant } from '../subscriptions/timeline.tsx'
import type { CustomerShown } from '../words.ts'

const TONES: Readonly<Record<CustomerTax['vat']['state'], Tone>> = {
  none: 'neutral',
  'not-checked': 'neutral',
  'not-reached': 'warning',
  valid: 'ok',
  invalid: 'critical',
  'bad-form': 'critical',
}

const REASONS = [
  'network',
  'slow',
  'too-long',
  'status',
  'answer',
  'other-number',
  'busy',
  'blocked',
  'member-state',
  'input',
  'requester',
] as const

/** Why VIES gave no answer, as a key of words. */
export function viesReason(reason: string): (typeof REASONS)[number] {
  return REASONS.find(one => one === reason) ?? 'answer'
}

/** A customer's VAT number: what it is worth, what is wrong with it, and how far a question for it is. */
export function VatNumber({
  tax,
  customer,
}: {
  readonly tax: CustomerTax
  readonly customer: CustomerShown
}) {
  const { t } = useTranslation()
  const { dateStyle } = useFormat()
  const { vat, question, service } = tax
  if (vat.state === 'none') return t('billing.tax.own.noNumber')
  const at = (instant: bigint) => shortInstant(instant, customer.zone, dateStyle)
  const last = tax.checks.find(check => check.number === vat.number && check.state !== 'not-reached')
  const consultation = last?.answer.consultation
  const facts = [
    vat.fault === null ? null : t(`billing.tax.own.faultWhy.${vat.fault}`),
    vat.checkedAt === null ? null : t('billing.tax.own.checkedAt', { day: at(vat.checkedAt) }),
    last && vat.checkedAt !== null ? t(`billing.tax.own.ways.${last.way}`) : null,
    consultation === undefined ? null : t('billing.tax.own.consultation', { number: consultation }),
    vat.counts ? t('billing.tax.own.counts') : null,
    question === null
      ? null
      : question.state === 'asking'
        ? t('billing.tax.own.asking')
        : [
            t(`billing.tax.checks.reasons.${viesReason(question.reason)}`),
            question.nextAt === null
              ? t('billing.tax.own.rests', { count: question.tries })
              : t('billing.tax.own.again', { day: at(question.nextAt) }),
          ].join(' '),
    service === 'off' || service === 'no-network' ? t(`billing.tax.own.service.${service}`) : null,
  ].filter(text => text !== null)
  const label =
    vat.fault === null ? t(`billing.tax.own.vat.${vat.state}`) : t(`billing.tax.own.fault.${vat.fault}`)
  return (
    <>
      {vat.number} <StatusBadge tone={TONES[vat.state]} label={label} />
      {facts.map(text => (
        <div key={text} className={classes.facts}>
          {text}
        </div>
      ))}
    </>
  )
}
