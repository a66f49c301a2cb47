import { SegmentedControl, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { ibanFault } from '#engines/billing/payments/iban.ts'
import type { RefundWay } from '#shared/contract/billing/refunds.ts'
import catalogue from '../catalogue.module.css'

/** A way as it is being typed. */
export interface WayDraft {
  readonly kind: RefundWay['kind']
  readonly holder: string
  readonly iban: string
  readonly bic: string
}

/** The way that was typed; null where something is missing or mistyped. */
export function wayOf(draft: WayDraft): RefundWay | null {
  const { kind, holder, iban, bic } = draft
  if (kind === 'original') return { kind }
  if (holder.trim() === '' || iban.trim() === '' || faultOf(iban) !== null) return null
  return { kind, holder: holder.trim(), iban: iban.trim(), bic: bic.trim() }
}

function faultOf(iban: string) {
  return /^[A-Za-z]{2}\d{2}/.test(iban.trim()) ? ibanFault(iban) : null
}

/** Where a refund goes: back the way it came, or to an account. What is on a balance has no way back. */
export function WayFields(props: {
  readonly draft: WayDraft
  readonly onChange: (draft: WayDraft) => void
  /** There is a way that the money came. */
  readonly original: boolean
}) {
  const { draft, onChange, original } = props
  const { t } = useTranslation()
  const fault = faultOf(draft.iban)
  return (
    <>
      {original ? (
        <SegmentedControl
          aria-label={t('billing.refunds.wayField')}
          value={draft.kind}
          onChange={kind => onChange({ ...draft, kind: kind as WayDraft['kind'] })}
          data={(['original', 'bank-transfer'] as const).map(value => ({
            value,
            label: t(`billing.refunds.ways.${value}`),
          }))}
        />
      ) : null}
      {draft.kind === 'bank-transfer' ? (
        <>
          <TextInput
            label={t('billing.refunds.holder')}
            maxLength={140}
            value={draft.holder}
            onChange={event => onChange({ ...draft, holder: event.currentTarget.value })}
          />
          <div className={catalogue.two}>
            <TextInput
              label={t('billing.refunds.iban')}
              maxLength={50}
              value={draft.iban}
              error={
                fault === null
                  ? undefined
                  : t('errors.BILLING_ACCOUNT_NUMBER', { field: 'iban', reason: fault })
              }
              onChange={event => onChange({ ...draft, iban: event.currentTarget.value })}
            />
            <TextInput
              label={t('billing.refunds.bic')}
              description={t('billing.refunds.bicHint')}
              maxLength={11}
              value={draft.bic}
              onChange={event => onChange({ ...draft, bic: event.currentTarget.value })}
            />
          </div>
        </>
      ) : null}
    </>
  )
}
