import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { useInvoiceStates } from '../review/states.ts'

const leaf = contract.billing.invoice.list
type Row = OutputOf<typeof leaf>['invoices'][number]

const SHOWN = 12

/** A customer's newest invoices, each with the way to it. */
export function CustomerInvoices({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const query = useCoreQuery(leaf, {
    filter: { search: '', customerId },
    sort: { by: 'period', descending: true },
    limit: SHOWN,
  })
  const all = useHref(`/billing/invoices?${new URLSearchParams({ customer: customerId })}`)
  return (
    <Section
      title={t('billing.customer.invoices')}
      aside={
        query.data && query.data.count > 0 ? (
          <a href={all}>{t('billing.customer.allInvoices', { count: query.data.count })}</a>
        ) : null
      }
    >
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <LoadingState rows={2} />
      ) : query.data.invoices.length === 0 ? (
        <p>{t('billing.customer.noInvoice')}</p>
      ) : (
        <table className={classes.table} aria-label={t('billing.customer.invoices')}>
          <thead>
            <tr>
              <th>{t('billing.customer.month')}</th>
              <th>{t('billing.customers.state')}</th>
              <th>{t('billing.customer.number')}</th>
              <th>{t('billing.customers.plan')}</th>
              <th data-align="end">{t('billing.customer.total')}</th>
            </tr>
          </thead>
          <tbody>
            {query.data.invoices.map(invoice => (
              <InvoiceLine key={invoice.id} invoice={invoice} />
            ))}
          </tbody>
        </table>
      )}
    </Section>
  )
}

function InvoiceLine({ invoice }: { readonly invoice: Row }) {
  const format = useFormat()
  const state = useInvoiceStates()[invoice.state]
  const href = useHref(
    `/billing/invoices?${new URLSearchParams({ month: invoice.period, invoice: invoice.id })}`,
  )
  return (
    <tr>
      <td>
        <a href={href}>{format.month(invoice.period)}</a>
      </td>
      <td>
        <StatusBadge tone={state.tone} label={state.label} />
      </td>
      <td>{invoice.number ?? ''}</td>
      <td>{invoice.plan}</td>
      <td data-align="end">
        <Money minor={invoice.total} currency={invoice.currency} />
      </td>
    </tr>
  )
}
