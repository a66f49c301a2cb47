import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge, type Tone } from '#renderer/ui/display/status-badge.tsx'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import classes from '../catalogue.module.css'
import type { SubscriptionShown } from '../words.ts'
import { type StoryEntry, storyEntries } from './story-entries.ts'
import type { StoryShown } from './subscription-page.tsx'
import { shortInstant } from './timeline.tsx'

const TONES: Readonly<Record<string, Tone>> = {
  ...{ 'fall-behind': 'warning', 'grace-ends': 'critical', pause: 'warning', 'pause-after-trial': 'warning' },
  ...{ cancel: 'neutral', 'give-up': 'critical', 'expire-after-trial': 'neutral', settle: 'ok' },
}

/** What happened to a subscription and what is to happen, with money, the latest first. */
export function Story({
  subscription,
  story,
  zone,
}: {
  readonly subscription: SubscriptionShown
  readonly story: StoryShown
  readonly zone: string
}) {
  const { t } = useTranslation()
  const now = BigInt(useNow())
  const entries = storyEntries(story)
  const first = entries.findIndex(entry => entry.at <= now)
  const coming = first < 0 ? entries : entries.slice(0, first)
  const past = first < 0 ? [] : entries.slice(first)
  const { currency } = subscription
  return (
    <table className={`${classes.table} ${classes.story}`} aria-label={t('billing.life.timeline')}>
      <thead>
        <tr>
          <th>{t('billing.life.when')}</th>
          <th>{t('billing.life.what')}</th>
          <th data-align="end">{t('billing.life.net')}</th>
        </tr>
      </thead>
      <tbody>
        {coming.map(entry => (
          <Line key={keyOf(entry)} entry={entry} zone={zone} currency={currency} coming />
        ))}
        <tr className={classes.now}>
          <td colSpan={3}>{t('billing.life.today')}</td>
        </tr>
        {past.map(entry => (
          <Line key={keyOf(entry)} entry={entry} zone={zone} currency={currency} coming={false} />
        ))}
      </tbody>
    </table>
  )
}

const keyOf = ({ kind, what, at, invoiceId, madeAt }: StoryEntry) =>
  `${kind}/${what}/${at}/${invoiceId ?? ''}/${madeAt ?? ''}`

function Line({
  entry,
  zone,
  currency,
  coming,
}: {
  readonly entry: StoryEntry
  readonly zone: string
  readonly currency: string
  readonly coming: boolean
}) {
  const { t } = useTranslation()
  const { dateStyle } = useFormat()
  const { at, kind, what, amount, takenBack, madeAt, invoiceId, period } = entry
  const href = useHref(
    `/billing/invoices?${new URLSearchParams({ month: period ?? '', invoice: invoiceId ?? '' })}`,
  )
  const day = (instant: bigint) => shortInstant(instant, zone, dateStyle)
  return (
    <tr data-coming={coming || undefined}>
      <td>{day(at)}</td>
      <td>
        {kind === 'transition' ? (
          <StatusBadge
            tone={coming ? 'info' : (TONES[what] ?? 'ok')}
            label={t(`billing.life.transition.${what as 'begin'}`)}
          />
        ) : null}
        {kind === 'change' ? (
          <span className={takenBack ? classes.takenBack : undefined}>
            {t(`billing.life.kind.${what as 'terms'}`)}
          </span>
        ) : null}
        {kind === 'bill' ? (
          <a href={href}>
            {what === ''
              ? t('billing.life.draft', { month: period ?? '' })
              : t('billing.life.invoice', { number: what })}
          </a>
        ) : null}
        {kind === 'renewal' ? t('billing.life.renewal') : null}
        {takenBack ? <span className={classes.facts}> {t('billing.life.takenBack')}</span> : null}
        {madeAt === null ? null : (
          <span className={classes.facts}> {t('billing.life.madeAt', { day: day(madeAt) })}</span>
        )}
      </td>
      <td data-align="end">{amount === null ? null : <Money minor={amount} currency={currency} toned />}</td>
    </tr>
  )
}
