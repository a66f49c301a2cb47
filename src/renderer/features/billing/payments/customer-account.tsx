import { Button, Select } from '@mantine/core'
import { IconDownload, IconFileText } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import { instantColumn, moneyColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { saveRows } from '#renderer/ui/grid/save-csv.ts'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { refundRoute } from '../refunds/states.ts'
import { shortInstant } from '../subscriptions/timeline.tsx'
import type { CustomerShown } from '../words.ts'
import { AgingAnswer } from './aging.tsx'
import { StatementDialog } from './payment-documents.tsx'

const leaf = contract.billing.payment.statement
type Statement = OutputOf<typeof leaf>['currencies'][number]
type Entry = Statement['entries'][number]

const DAY = 86_400_000
const SPANS = ['90', '365', 'all'] as const
type Span = (typeof SPANS)[number]

/** What a customer was asked for and paid, entry by entry with what was owed then, and what is late by how long. */
export function CustomerAccount({ customer }: { readonly customer: CustomerShown }) {
  const { t } = useTranslation()
  const [span, setSpan] = useState<Span>('90')
  const until = (Math.floor(useNow() / DAY) + 1) * DAY
  const from = span === 'all' ? 0n : BigInt(until - Number(span) * DAY)
  const query = useCoreQuery(leaf, { customerId: customer.id, from, to: BigInt(until) })
  const currencies = query.data?.currencies ?? []
  const save = useSave(customer)
  const [opened, setOpened] = useState(false)
  return (
    <Section
      title={t('billing.payments.account.title')}
      aside={
        <span className={classes.aside}>
          <Select
            size="xs"
            w={150}
            allowDeselect={false}
            aria-label={t('billing.payments.account.span')}
            data={SPANS.map(value => ({ value, label: t(`billing.payments.account.spans.${value}`) }))}
            value={span}
            onChange={value => setSpan(SPANS.find(one => one === value) ?? '90')}
          />
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconFileText size={14} aria-hidden="true" />}
            disabled={!query.data}
            onClick={() => setOpened(true)}
          >
            {t('billing.payments.document.statement')}
          </Button>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconDownload size={14} aria-hidden="true" />}
            disabled={currencies.length === 0}
            onClick={() => save(currencies)}
          >
            {t('billing.payments.account.save')}
          </Button>
        </span>
      }
    >
      {opened ? (
        <StatementDialog
          customerId={customer.id}
          name={customer.name}
          from={span === 'all' ? firstOf(currencies) : from}
          to={BigInt(until)}
          onClose={() => setOpened(false)}
        />
      ) : null}
      <AgingAnswer customerId={customer.id} />
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <LoadingState rows={2} />
      ) : currencies.length === 0 ? (
        <p className={classes.facts}>{t('billing.payments.account.none')}</p>
      ) : (
        currencies.map(one => <Entries key={one.currency} statement={one} zone={customer.zone} />)
      )}
    </Section>
  )
}

/** Where a statement of everything begins: with the first entry. */
function firstOf(currencies: readonly Statement[]): bigint {
  const times = currencies.flatMap(({ entries }) => entries.map(({ at }) => at))
  return times.reduce((first, at) => (at < first ? at : first), times[0] ?? 0n)
}

function Entries({ statement, zone }: { readonly statement: Statement; readonly zone: string }) {
  const { t } = useTranslation()
  const { currency, opening, closing, entries } = statement
  const sum = (label: string, amount: bigint) => (
    <tr>
      <td />
      <td>{label}</td>
      <td />
      <td />
      <td data-align="end">
        <Money minor={amount} currency={currency} />
      </td>
    </tr>
  )
  return (
    <table className={classes.table} aria-label={`${t('billing.payments.account.title')} ${currency}`}>
      <thead>
        <tr>
          <th>{t('billing.payments.account.day')}</th>
          <th>{t('billing.payments.account.what')}</th>
          <th>{t('billing.payments.reference')}</th>
          <th data-align="end">{t('billing.payments.amount')}</th>
          <th data-align="end">{t('billing.payments.account.balance')}</th>
        </tr>
      </thead>
      <tbody>
        {sum(t('billing.payments.account.opening'), opening)}
        {entries.map(entry => (
          <EntryLine
            key={`${entry.kind}/${entry.rowId}/${entry.at}/${entry.balance}`}
            entry={entry}
            currency={currency}
            zone={zone}
          />
        ))}
        {sum(t('billing.payments.account.closing'), closing)}
      </tbody>
    </table>
  )
}

/** Where the row of an entry is looked at; null where it has no page of its own. */
function routeOf({ kind, rowId }: Entry): string | null {
  if (kind === 'payment')
    return `/billing/payments?${new URLSearchParams({ part: 'payments', payment: rowId })}`
  if (kind === 'refund') return refundRoute(rowId)
  if (kind === 'write-off') return null
  return `/billing/invoices?${new URLSearchParams({ invoice: rowId })}`
}

function EntryLine({
  entry,
  currency,
  zone,
}: {
  readonly entry: Entry
  readonly currency: string
  readonly zone: string
}) {
  const { t } = useTranslation()
  const { dateStyle } = useFormat()
  const route = routeOf(entry)
  const href = useHref(route ?? '/')
  return (
    <tr>
      <td>{shortInstant(entry.at, zone, dateStyle)}</td>
      <td>{t(`billing.payments.account.kind.${entry.kind}`)}</td>
      <td>{route === null ? entry.text : <a href={href}>{entry.text}</a>}</td>
      <td data-align="end">
        <Money minor={entry.amount} currency={currency} />
      </td>
      <td data-align="end">
        <Money minor={entry.balance} currency={currency} />
      </td>
    </tr>
  )
}

type Saved = Entry & { readonly currency: string }

/** Saves what is shown as a file, the currencies one after the other. */
function useSave(customer: CustomerShown): (currencies: readonly Statement[]) => void {
  const { t } = useTranslation()
  const columns = useMemo(
    () => [
      instantColumn<Saved>({
        ...{ id: 'at', header: t('billing.payments.account.day'), detail: 'day' as const },
        value: entry => entry.at,
      }),
      textColumn<Saved>({
        ...{ id: 'kind', header: t('billing.payments.account.what') },
        value: entry => t(`billing.payments.account.kind.${entry.kind}`),
      }),
      textColumn<Saved>({
        ...{ id: 'text', header: t('billing.payments.reference') },
        value: entry => entry.text,
      }),
      moneyColumn<Saved>({
        ...{ id: 'amount', header: t('billing.payments.amount') },
        value: entry => entry.amount,
        currency: entry => entry.currency,
      }),
      moneyColumn<Saved>({
        ...{ id: 'balance', header: t('billing.payments.account.balance') },
        value: entry => entry.balance,
        currency: entry => entry.currency,
      }),
      textColumn<Saved>({
        ...{ id: 'currency', header: t('billing.payments.currency') },
        value: entry => entry.currency,
      }),
    ],
    [t],
  )
  return currencies => {
    const rows = currencies.flatMap(({ currency, entries }) => entries.map(entry => ({ ...entry, currency })))
    saveRows(`account-${customer.key}`, columns, rows)
  }
}
