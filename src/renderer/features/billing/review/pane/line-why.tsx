import { useTranslation } from 'react-i18next'
import { NotHere } from '#renderer/app/bulk/not-here.tsx'
import { useHere } from '#renderer/app/bulk/use-here.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Chart } from '#renderer/ui/chart/chart.tsx'
import { formatInstant } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { type InvoiceLine, invoices as leaf } from '#shared/contract/billing/invoices.ts'
import { OneOffDeeds } from '../../one-offs/one-off-deeds.tsx'
import { percentOf } from '../../percent.ts'
import type { Full } from '../types.ts'
import { EventList } from './event-list.tsx'
import classes from './pane.module.css'
import { Steps, Tiers } from './steps.tsx'

/** Why a line is what it is: usage → price version → tiers → formula → rounding, and the months before. */
export function LineWhy({ line, invoice }: { readonly line: InvoiceLine; readonly invoice: Full }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { data, error, refetch } = useCoreQuery(leaf.explain, { lineId: line.id })
  const { from, to } = line.service
  const here = useHere(line.metricId === null ? null : { kind: 'usage.sums', from, to })
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingState rows={5} />
  const prices = data.steps.filter(step => step.step === 'price')
  const unit = line.unit ?? ''
  const events = data.usage.reduce((sum, day) => sum + day.events, 0)
  // An invoice counts days where its customer is.
  const day = (at: bigint) => formatInstant(Number(at), invoice.zone, format.dateStyle, 'day')
  const money = (minor: bigint) => {
    const { figure, code } = format.money(minor, invoice.currency)
    return `${figure} ${code}`
  }
  return (
    <div className={classes.why}>
      <p className={classes.quiet}>
        {data.plan === null
          ? t('billing.oneOffs.enteredBy', { name: data.oneOff?.by.name ?? '' })
          : t('billing.review.why.version', {
              price: line.name,
              plan: data.plan.name,
              version: data.plan.version,
            })}
        {' · '}
        {day(line.service.from)} – {day(line.service.to - 1n)}
      </p>
      {data.oneOff ? (
        <OneOffDeeds oneOffId={data.oneOff.oneOffId} note={data.oneOff.note} invoice={invoice} />
      ) : null}
      {line.metricId === null ? null : (
        <section>
          <h4>
            {t('billing.review.why.usageOf', {
              quantity: format.decimal(line.quantity),
              unit,
              events: t('billing.review.why.events', { count: events, formatted: format.integer(events) }),
            })}
          </h4>
          <NotHere here={here} />
          {data.usage.length === 0 ? (
            here.state === 'here' ? (
              <p className={classes.quiet}>{t('billing.review.why.noUsage')}</p>
            ) : null
          ) : (
            <div className={classes.chart}>
              <Chart
                label={t('billing.review.why.usage')}
                type="bar"
                categories={data.usage.map(({ at }) => format.day(isoDay(at)))}
                series={[
                  {
                    id: 'usage',
                    label: t('billing.review.why.usage'),
                    values: data.usage.map(({ quantity }) => Number(quantity)),
                  },
                ]}
                unit={unit}
                categoryLabel={t('billing.review.why.day')}
                exact={(_, index) => format.decimal(data.usage[index]?.quantity ?? '')}
              />
            </div>
          )}
          <EventList line={line} customerId={invoice.customerId} metricId={line.metricId} />
        </section>
      )}
      {prices.map(price => (
        <Tiers key={price.filter?.name ?? ''} step={price} unit={unit} currency={invoice.currency} />
      ))}
      <Steps steps={data.steps} unit={unit} currency={invoice.currency} />
      <TaxOfLine line={line} money={money} />
      {data.before.length === 0 ? null : (
        <table className={classes.small} aria-label={t('billing.review.why.before')}>
          <caption>{t('billing.review.why.before')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('billing.review.why.month')}</th>
              <th scope="col" data-figure>
                {t('billing.review.why.quantity')}
              </th>
              <th scope="col" data-figure>{`${t('billing.review.why.amount')} ${invoice.currency}`}</th>
            </tr>
          </thead>
          <tbody>
            {data.before.map(month => (
              <tr key={month.period}>
                <th scope="row">{format.month(month.period)}</th>
                <td data-figure>{`${format.decimal(month.quantity)} ${unit}`}</td>
                <td data-figure>{format.money(month.amount, invoice.currency).figure}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </div>
  )
}

/** The tax of a line, and why it has that rate. */
function TaxOfLine({
  line: { amount, tax, taxRate, taxBasis },
  money,
}: {
  readonly line: InvoiceLine
  readonly money: (minor: bigint) => string
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { code, kind, reason, source, note, vatNumber } = taxBasis
  const rate = `${format.decimal(percentOf(taxRate))}\u202f%`
  const facts = [vatNumber ?? '', note, source === '' ? '' : t('billing.tax.fromSource', { source })]
  return (
    <p className={classes.quiet}>
      {tax === 0n
        ? `${t(`billing.tax.kinds.${kind}`)} (${code}).`
        : t('billing.review.why.taxLine', { rate, amount: money(amount), tax: money(tax) })}{' '}
      {t(`billing.tax.reasons.${reason}`)} {facts.filter(fact => fact !== '').join(' · ')}
    </p>
  )
}

function isoDay(at: bigint): string {
  return new Date(Number(at)).toISOString().slice(0, 10)
}
