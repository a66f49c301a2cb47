import { useTranslation } from 'react-i18next'
import type { Phases } from '#engines/billing/phases.ts'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { formatInstant } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import classes from '../catalogue.module.css'

export interface VersionName {
  readonly plan: string
  readonly number: number
}

interface TimelineProps {
  readonly label: string
  readonly phases: Phases
  readonly names: ReadonlyMap<string, VersionName>
  /** In which its days are counted: the customer's. */
  readonly zone: string
}

const TONES = { trial: 'info', active: 'ok', paused: 'warning' } as const
const DAY = 86_400_000
/** How far an open end is drawn beyond now, and the least share of a phase, so that each can be seen. */
const AHEAD = 60 * DAY
const LEAST = 0.04

/** The phases of a subscription: drawn to scale, and as a table. */
export function Timeline({ label, phases, names, zone }: TimelineProps) {
  const { t } = useTranslation()
  const { dateStyle } = useFormat()
  const now = useNow()
  const word = {
    trial: t('billing.customer.phaseTrial'),
    active: t('billing.customer.phaseActive'),
    paused: t('billing.customer.phasePaused'),
  }
  const last = phases.at(-1)
  const end = last ? Number(last.to ?? BigInt(Math.max(now, Number(last.from)) + AHEAD)) : 0
  const begin = Number(phases[0]?.from ?? 0n)
  const nameOf = (id: string) => names.get(id)
  const planOf = (id: string) => {
    const name = nameOf(id)
    return name ? `${name.plan} ${t('billing.customer.version', { number: name.number })}` : ''
  }
  return (
    <div>
      <div className={classes.bar} aria-hidden="true">
        {phases.map(phase => {
          const length = Number(phase.to ?? BigInt(end)) - Number(phase.from)
          return (
            <span
              key={`${phase.from}`}
              data-kind={phase.kind}
              data-open={phase.to === null}
              style={{ flexGrow: Math.max(LEAST, length / Math.max(1, end - begin)) }}
            >
              {nameOf(phase.planVersionId)?.plan}
              {phase.quantity > 1n ? ` × ${phase.quantity}` : ''}
            </span>
          )
        })}
      </div>
      <table className={classes.table} aria-label={label}>
        <thead>
          <tr>
            <th>{t('billing.customer.phase')}</th>
            <th>{t('billing.customers.plan')}</th>
            <th data-align="end">{t('billing.subscription.seats')}</th>
            <th>{t('billing.customer.from')}</th>
            <th>{t('billing.customer.to')}</th>
          </tr>
        </thead>
        <tbody>
          {phases.map(phase => (
            <tr key={`${phase.from}`}>
              <td>
                <StatusBadge tone={TONES[phase.kind]} label={word[phase.kind]} />
              </td>
              <td>{planOf(phase.planVersionId)}</td>
              <td data-align="end">{phase.quantity.toString()}</td>
              <td>{shortInstant(phase.from, zone, dateStyle)}</td>
              <td>
                {phase.to === null ? t('billing.customer.open') : shortInstant(phase.to, zone, dateStyle)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** An instant in a zone: its day alone where it is a midnight there. */
export function shortInstant(at: bigint, zone: string, style: Parameters<typeof formatInstant>[2]): string {
  const whole = formatInstant(Number(at), zone, 'iso').endsWith(' 00:00')
  return formatInstant(Number(at), zone, style, whole ? 'day' : 'minute')
}
