import type { EffectCarrier } from '#core/effects/carrier.ts'
import type { WebPort } from '#core/outside/web-port.ts'
import type { RawInputOf } from '#core/runtime/handlers.ts'
import { readEcb } from '#engines/billing/exchange/read-rates.ts'
import type { exchange } from '#shared/contract/billing/exchange.ts'
import { FETCH_EFFECT } from './fetch-rates.ts'

type Fetched = RawInputOf<typeof exchange.fetched>

/** Bytes of a publication; that of ninety days has some eighty thousand. */
const MOST = 2 * 1024 * 1024
const FILES = { day: 'eurofxref-daily.xml', quarter: 'eurofxref-hist-90d.xml' } as const
/** More rates than a quarter has: 65 days of some 40 currencies. */
const MOST_RATES = 5000

/** Carries questions to the European Central Bank. That it was not reached is kept; the schedule asks again. */
export function fetchRatesCarrier({
  web,
  told,
}: {
  readonly web: WebPort
  readonly told: (outcome: Fetched) => Promise<void>
}): EffectCarrier {
  return {
    kind: FETCH_EFFECT,
    async carry({ payload }) {
      const { fetchId, span } = payload as { fetchId: string; span: keyof typeof FILES }
      const failed = (reason: string) => told({ fetchId, outcome: { state: 'failed', reason } } as Fetched)
      const reply = await web.ask({ url: `${web.places.ecb}/${FILES[span]}`, most: MOST })
      if (!reply.reached) return failed(reply.reason)
      if (reply.status !== 200) return failed('status')
      const { rates, problems } = readEcb(reply.text)
      if (rates.length === 0) return failed('answer')
      if (rates.length > MOST_RATES) return failed('too-long')
      await told({ fetchId, outcome: { state: 'done', rates: [...rates], problems: problems.length } })
    },
  }
}
