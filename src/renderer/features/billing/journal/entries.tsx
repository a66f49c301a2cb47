import { useTranslation } from 'react-i18next'
import { Money } from '#renderer/ui/display/money.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import type { JournalEntry } from '#shared/contract/billing/journal.ts'
import catalogue from '../catalogue.module.css'
import { BookedAs } from './detail.tsx'
import type { Journal } from './page.tsx'

/** The entries of the month, each with both its sides. */
export function Entries({ journal }: { readonly journal: Journal }) {
  const { t } = useTranslation()
  return (
    <Section title={t('billing.journal.entriesOf')}>
      {journal.count > journal.entries.length ? (
        <p className={catalogue.facts}>
          {t('billing.journal.first', { shown: journal.entries.length, count: journal.count })}
        </p>
      ) : null}
      <table className={catalogue.table} aria-label={t('billing.journal.entriesOf')}>
        <thead>
          <tr>
            <th>{t('billing.journal.number')}</th>
            <th>{t('billing.journal.day')}</th>
            <th>{t('billing.journal.what')}</th>
            <th>{t('billing.journal.booked')}</th>
            <th data-align="end">{t('billing.journal.debit')}</th>
            <th data-align="end">{t('billing.journal.credit')}</th>
          </tr>
        </thead>
        <tbody>
          {journal.entries.map(entry => (
            <EntryRows key={entry.source} entry={entry} />
          ))}
        </tbody>
      </table>
    </Section>
  )
}

function EntryRows({ entry }: { readonly entry: JournalEntry }) {
  return entry.postings.map((posting, index) => (
    <tr key={`${posting.role}/${posting.detail}`}>
      <td>{index === 0 ? entry.number : null}</td>
      <td>{index === 0 ? entry.day : null}</td>
      <td>{index === 0 ? entry.text : null}</td>
      <td>
        <BookedAs role={posting.role} detail={posting.detail} />
      </td>
      <td data-align="end">
        {posting.side === 'debit' ? <Money minor={posting.amount} currency={entry.currency} /> : null}
      </td>
      <td data-align="end">
        {posting.side === 'credit' ? <Money minor={posting.amount} currency={entry.currency} /> : null}
      </td>
    </tr>
  ))
}
