import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { z } from 'zod'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { Waterfall } from '#renderer/ui/chart/waterfall.tsx'
import type { WaterfallStep } from '#renderer/ui/chart/waterfall-option.ts'
import { moneyAsNumber } from '#renderer/ui/format/money.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { type Bridge, BridgePart, invoices as leaf } from '#shared/contract/billing/invoices.ts'
import type { Full } from '../types.ts'
import { causesOf } from './causes.ts'
import classes from './pane.module.css'

type BridgeData = z.infer<typeof Bridge>

/** Why the total differs from the last invoice's: by cause as a waterfall, by line in the table below. */
export function BridgeTab({ invoice }: { readonly invoice: Full }) {
  const { t } = useTranslation()
  const { data, error, refetch } = useCoreQuery(leaf.bridge, { invoiceId: invoice.id })
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />
  if (!data) return <LoadingState rows={6} />
  return (
    <div className={classes.why}>
      {data.from.invoiceId === null ? <p>{t('billing.review.bridge.first')}</p> : null}
      {data.parts.length === 0 ? <NothingDiffers bridge={data} /> : <Parts bridge={data} />}
    </div>
  )
}

function NothingDiffers({ bridge }: { readonly bridge: BridgeData }) {
  const { t } = useTranslation()
  const format = useFormat()
  const month = bridge.from.period === null ? '' : format.month(bridge.from.period)
  return <p>{t('billing.review.bridge.nothing', { month })}</p>
}

function Parts({ bridge }: { readonly bridge: BridgeData }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency, from, to, parts } = bridge
  const before = from.period === null ? t('billing.review.bridge.nobody') : format.month(from.period)
  const now = format.month(to.period)
  const causes = useMemo(() => causesOf(parts), [parts])
  const steps = useMemo<WaterfallStep[]>(() => {
    const asNumber = (minor: bigint) => moneyAsNumber(minor, currency)
    return [
      { id: 'before', label: before, kind: 'total', value: asNumber(from.total) },
      ...causes.map(({ cause, amount }) => ({
        id: cause,
        label: t(`billing.review.bridge.cause.${cause}`),
        kind: 'difference' as const,
        value: asNumber(amount),
      })),
      { id: 'now', label: now, kind: 'total', value: asNumber(to.total) },
    ]
  }, [causes, before, now, from.total, to.total, currency, t])
  const amount = (minor: bigint | null) => (minor === null ? '–' : format.money(minor, currency).figure)
  const signed = (minor: bigint) => `${minor > 0n ? '+' : ''}${amount(minor)}`
  const difference = `${signed(to.total - from.total)} ${currency}`
  const label = t('billing.review.bridge.label', { before, now })
  const byCause = (
    <table className={classes.small} aria-label={label}>
      <tbody>
        <tr data-sum="net">
          <th scope="row">{before}</th>
          <td data-figure>{amount(from.total)}</td>
        </tr>
        {causes.map(({ cause, amount: sum }) => (
          <tr key={cause}>
            <th scope="row">{t(`billing.review.bridge.cause.${cause}`)}</th>
            <td data-figure>{signed(sum)}</td>
          </tr>
        ))}
        <tr data-sum="total">
          <th scope="row">{now}</th>
          <td data-figure>{amount(to.total)}</td>
        </tr>
      </tbody>
    </table>
  )
  return (
    <>
      <div className={classes.waterfall}>
        <Waterfall label={label} steps={steps} unit={currency} table={byCause} />
      </div>
      <table className={classes.small} aria-label={t('billing.review.pane.bridge')}>
        <thead>
          <tr>
            <th scope="col">{t('billing.review.bridge.causeHead')}</th>
            <th scope="col">{t('billing.review.bridge.of')}</th>
            <th scope="col" data-figure>
              {t('billing.review.bridge.before')}
            </th>
            <th scope="col" data-figure>
              {t('billing.review.bridge.now')}
            </th>
            <th scope="col" data-figure>{`${t('billing.review.bridge.effect')} ${currency}`}</th>
          </tr>
        </thead>
        <tbody>
          {BridgePart.shape.cause.options.flatMap(cause =>
            parts
              .filter(part => part.cause === cause)
              .map((part, i) => (
                <tr key={`${cause}/${part.name ?? ''}`}>
                  <th scope="row" title={t(`billing.review.bridge.hint.${cause}`)}>
                    {i === 0 ? t(`billing.review.bridge.cause.${cause}`) : ''}
                  </th>
                  <td>{part.name ?? ''}</td>
                  <td data-figure>{amount(part.before)}</td>
                  <td data-figure>{amount(part.now)}</td>
                  <td data-figure>{signed(part.amount)}</td>
                </tr>
              )),
          )}
        </tbody>
        <tfoot>
          <tr data-sum="total">
            <th scope="row" colSpan={4}>
              {t('billing.review.bridge.sum')}
            </th>
            <td data-figure>{signed(parts.reduce((sum, part) => sum + part.amount, 0n))}</td>
          </tr>
        </tfoot>
      </table>
      <p className={classes.quiet}>{t('billing.review.bridge.adds', { difference })}</p>
    </>
  )
}
