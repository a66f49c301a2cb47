import { useTranslation } from 'react-i18next'
import type { JournalRole } from '#shared/contract/billing/journal.ts'
import type { PaymentMethod } from '#shared/contract/billing/payments.ts'
import catalogue from '../catalogue.module.css'
import { percentOf } from '../percent.ts'

/** What something is booked as in words: a rate of tax in per cent, and how money came or went by its name. */
export function useDetailWords() {
  const { t } = useTranslation()
  return (role: JournalRole, detail: string): string => {
    if (role === 'tax') return /^\d+(\.\d+)?$/.test(detail) ? `${percentOf(detail)} %` : detail
    return role === 'bank' && detail !== ''
      ? t(`billing.payments.methods.${detail as PaymentMethod}`)
      : detail
  }
}

/** The kind of an account, and what of it. */
export function BookedAs({ role, detail }: { readonly role: JournalRole; readonly detail: string }) {
  const { t } = useTranslation()
  const words = useDetailWords()
  return (
    <>
      {t(`billing.journal.role.${role}`)}
      {detail === '' ? null : <span className={catalogue.score}> · {words(role, detail)}</span>}
    </>
  )
}
