import { Button } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Money } from '#renderer/ui/display/money.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import type { JournalEntry } from '#shared/contract/billing/journal.ts'
import catalogue from '../catalogue.module.css'
import { BookedAs } from './detail.tsx'
import type { Journal } from './page.tsx'

/** So many entries are shown at once: a month has hundreds, each of several lines. */
const AT_ONCE = 50

/** The entries of the month, each with both its sides; the first of them, and more where one asks for them. */
export function Entries({ journal }: { readonly journal: Journal }) {
  const { t } = useTranslation()
  const table = useRef<HTMLTableElement>(null)
  const [most, setMost] = useState(AT_ONCE)
  const shown = journal.entries.slice(0, most)
  const rest = journal.entries.length - shown.length
  return (
    <Section title={t('billing.journal.entriesOf')}>
      {journal.count > shown.length ? (
        <p className={catalogue.facts}>
          {t('billing.journal.first', { shown: shown.length, count: journal.count })}
        </p>
      ) : null}
      <table
        ref={table}
        tabIndex={-1}
        className={catalogue.table}
        aria-label={t('billing.journal.entriesOf')}
      >
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
          {shown.map(entry => (
            <EntryRows key={entry.source} entry={entry} />
          ))}
        </tbody>
      </table>
      {rest > 0 ? (
        <Button
          mt="sm"
          onClick={() => {
            setMost(most + 2 * AT_ONCE)
            // The button is gone when all are shown; what it had goes on in the table.
            if (rest <= 2 * AT_ONCE) table.current?.focus({ preventScroll: true })
          }}
        >
          {t('billing.journal.more', { count: Math.min(rest, 2 * AT_ONCE) })}
        </Button>
      ) : null}
    </Section>
  )
}

function EntryRows({ entry }: { readonly entry: JournalEntry }) {
  const format = useFormat()
  return entry.postings.map((posting, index) => (
    <tr key={`${posting.role}/${posting.detail}`}>
      <td>{index === 0 ? entry.number : null}</td>
      <td>{index === 0 ? format.day(entry.day) : null}</td>
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
