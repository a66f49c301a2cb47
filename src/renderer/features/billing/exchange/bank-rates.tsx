import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { RateFetch } from '#shared/contract/billing/exchange.ts'
import { contract } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'

const { exchange: leaf } = contract.billing
/** Days and rates that are named; the others are counted. */
const NAMED = 6

/** How far the rates of the European Central Bank are: late, missing, and other than what was entered. */
export function BankRates() {
  const { t } = useTranslation()
  const format = useFormat()
  const { data } = useCoreQuery(leaf.fetches, {})
  if (!data) return null
  const { service, expected, latest, missing } = data
  const [last] = data.fetches
  const done = data.fetches.find(one => one.state === 'done')
  const facts = [
    last?.state === 'asking'
      ? t('billing.exchange.bank.asking')
      : last?.state === 'failed'
        ? t('billing.exchange.bank.failed', {
            at: format.instant(last.doneAt ?? last.askedAt),
            reason: t(`billing.exchange.bank.why.${whyOf(last.reason)}`),
          })
        : done
          ? t('billing.exchange.bank.done', {
              count: done.added,
              at: format.instant(done.doneAt ?? done.askedAt),
              there: format.number(done.there),
            })
          : null,
    latest === null
      ? null
      : latest >= expected
        ? t('billing.exchange.bank.current', { day: format.day(latest) })
        : t('billing.exchange.bank.late', { day: format.day(latest), expected: format.day(expected) }),
    missing.length > (latest !== null && latest < expected ? 1 : 0)
      ? t('billing.exchange.bank.missing', {
          count: missing.length,
          days: missing
            .slice(0, NAMED)
            .map(day => format.day(day))
            .join(', '),
        })
      : null,
    done && done.problems > 0 ? t('billing.exchange.bank.problems', { count: done.problems }) : null,
  ].filter(text => text !== null)
  return (
    <>
      {service === 'ready' ? null : (
        <p className={catalogue.facts}>{t(`billing.exchange.bank.service.${service}`)}</p>
      )}
      {facts.length === 0 ? null : (
        <p className={catalogue.facts} role="status">
          {facts.join(' ')}
        </p>
      )}
      {done && done.differing.length > 0 ? <Differing all={done.differing} /> : null}
    </>
  )
}

const WHY = ['network', 'slow', 'too-long', 'status', 'answer'] as const

/** A reason that there are words for. */
function whyOf(reason: string): (typeof WHY)[number] {
  return WHY.find(one => one === reason) ?? 'answer'
}

/** Rates that the bank published while another was there: kept, until somebody takes the bank's. */
function Differing({ all }: { readonly all: RateFetch['differing'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const said = useSaidWithUndo()
  const { run, running } = useCommand(leaf.set)
  const take = async ({ offered }: RateFetch['differing'][number]) => {
    const commandId = newCommandId()
    await run(offered, commandId)
    said(t('billing.exchange.saved', { ...offered, day: format.day(offered.day) }), commandId)
  }
  return (
    <div className={catalogue.note}>
      <p>{t('billing.exchange.bank.differing', { count: all.length })}</p>
      <ul>
        {all.slice(0, NAMED).map(one => (
          <li key={`${one.offered.day}/${one.offered.quote}`}>
            {t('billing.exchange.bank.differs', {
              pair: `${one.offered.base}/${one.offered.quote}`,
              day: format.day(one.offered.day),
              kept: format.decimal(one.kept.rate),
              source: one.kept.source,
              offered: format.decimal(one.offered.rate),
            })}{' '}
            {may(leaf.set) ? (
              <Button
                variant="default"
                size="compact-xs"
                disabled={running}
                aria-label={t('billing.exchange.bank.takeOf', {
                  pair: `${one.offered.base}/${one.offered.quote}`,
                  day: format.day(one.offered.day),
                })}
                onClick={() => void take(one)}
              >
                {t('billing.exchange.bank.take')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
    </div>
  )
}
