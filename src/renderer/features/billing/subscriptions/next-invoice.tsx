import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { shortInstant } from './timeline.tsx'

/** What the customer's invoice of this month would say as things stand. */
export function NextInvoice({
  subscriptionId,
  zone,
}: {
  readonly subscriptionId: string
  readonly zone: string
}) {
  const { t } = useTranslation()
  const { dateStyle } = useFormat()
  const query = useCoreQuery(contract.billing.subscription.nextInvoice, { subscriptionId })
  const { data } = query
  // Usage that cost nothing is on the invoice, and no answer to what it comes to.
  const lines = (data?.lines ?? []).filter(line => line.amount !== 0n)
  return (
    <Section title={t('billing.life.nextInvoice')}>
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !data ? (
        <LoadingState rows={2} />
      ) : lines.length === 0 ? (
        <p>{t('billing.life.nothingDue', { month: data.period })}</p>
      ) : (
        <table className={classes.table} aria-label={t('billing.life.nextInvoice')}>
          <tbody>
            {lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a computed list without names of its own
              <tr key={index}>
                <td>
                  {line.name}{' '}
                  <span className={classes.facts}>
                    {t(`billing.life.lineKind.${line.kind}`)},{' '}
                    {shortInstant(line.service.from, zone, dateStyle)} –{' '}
                    {shortInstant(line.service.to, zone, dateStyle)}
                  </span>
                </td>
                <td data-align="end">
                  <Money minor={line.amount} currency={data.currency} toned />
                </td>
              </tr>
            ))}
            <tr>
              <td>{t('billing.life.tax')}</td>
              <td data-align="end">
                <Money minor={data.tax} currency={data.currency} />
              </td>
            </tr>
            <tr>
              <td>
                <strong>{t('billing.life.invoiceOf', { month: data.period })}</strong>
              </td>
              <td data-align="end">
                <strong>
                  <Money minor={data.total} currency={data.currency} toned />
                </strong>
              </td>
            </tr>
          </tbody>
        </table>
      )}
    </Section>
  )
}
