import { useTranslation } from 'react-i18next'
import { type OutputOf, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { ThoughtOf } from '#shared/contract/billing/subscriptions.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { shortInstant } from './timeline.tsx'

const leaf = contract.billing.subscription.preview
export type Thought = ThoughtOf
type Line = OutputOf<typeof leaf>['lines'][number]

/** What a change would come to, by the computation of the close: the invoice of its month with it and without it. */
export function MoneyPreview({ change, zone }: { readonly change: Thought; readonly zone: string }) {
  const { t } = useTranslation()
  const query = useCoreQuery(leaf, { change })
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState rows={2} />
  const { within, without, currency, period, lines, gone, recurring, direction } = query.data
  const money = (minor: bigint) => <Money minor={minor} currency={currency} toned />
  const because = lines.filter(line => line.because)
  const { before, after } = recurring
  return (
    <section className={classes.consequences} aria-label={t('billing.life.inMoney')} data-testid="preview">
      <h3>{t('billing.life.inMoney')}</h3>
      {because.length > 0 ? (
        <ThoughtLines label={t('billing.life.lines')} lines={because} currency={currency} zone={zone} />
      ) : null}
      {gone.length > 0 ? (
        <>
          <p>{t('billing.life.gone')}</p>
          <ThoughtLines label={t('billing.life.gone')} lines={gone} currency={currency} zone={zone} />
        </>
      ) : null}
      <table className={classes.table} aria-label={t('billing.life.invoiceOf', { month: period })}>
        <tbody>
          <tr>
            <td>{t('billing.life.without', { month: period })}</td>
            <td data-align="end">{money(without.total)}</td>
          </tr>
          <tr>
            <td>{t('billing.life.within', { month: period })}</td>
            <td data-align="end">
              <strong>{money(within.total)}</strong>
            </td>
          </tr>
          <tr>
            <td>
              {t('billing.life.recurring')} {t(`billing.life.direction.${direction}`)}
            </td>
            <td data-align="end">
              {money(before.perPeriod)} {t(`billing.interval.${before.interval}`)} → {money(after.perPeriod)}{' '}
              {t(`billing.interval.${after.interval}`)}
            </td>
          </tr>
        </tbody>
      </table>
      <p>{t('billing.life.taxIn')}</p>
    </section>
  )
}

/** Lines of an invoice that is only thought of. */
function ThoughtLines({
  label,
  lines,
  currency,
  zone,
}: {
  readonly label: string
  readonly lines: readonly Line[]
  readonly currency: string
  readonly zone: string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const day = (at: bigint) => shortInstant(at, zone, format.dateStyle)
  return (
    <table className={classes.table} aria-label={label}>
      <thead>
        <tr>
          <th>{t('billing.life.line')}</th>
          <th>{t('billing.life.service')}</th>
          <th data-align="end">{t('billing.life.quantity')}</th>
          <th data-align="end">{t('billing.life.net')}</th>
        </tr>
      </thead>
      <tbody>
        {lines.map(line => (
          <tr key={`${line.name}/${line.kind}/${line.service.from}/${line.amount}`}>
            <td>
              {line.name} <span className={classes.facts}>{t(`billing.life.lineKind.${line.kind}`)}</span>
            </td>
            <td>
              {day(line.service.from)} – {day(line.service.to)}
            </td>
            <td data-align="end">
              {format.decimal(line.quantity)} {line.unit}
            </td>
            <td data-align="end">
              <Money minor={line.amount} currency={currency} toned />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
