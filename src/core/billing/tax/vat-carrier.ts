import type { Store } from '#core/database/store.ts'
import type { EffectCarrier } from '#core/effects/carrier.ts'
import type { WebPort } from '#core/outside/web-port.ts'
import type { RawInputOf } from '#core/runtime/handlers.ts'
import { readVies, type ViesOutcome, viesQuestion } from '#engines/billing/tax/vies.ts'
import type { tax } from '#shared/contract/billing/tax.ts'
import type { EnvironmentSettings } from '#shared/settings.ts'
import { ASK_VAT_EFFECT, vatAsk } from './vat-questions.ts'

type Answered = RawInputOf<typeof tax.vatAnswered>

export interface VatCarrierParts {
  readonly store: Store
  readonly workspace: string
  readonly environment: EnvironmentSettings
  readonly web: WebPort
  readonly told: (answer: Answered) => Promise<void>
}

/** Bytes of an answer of VIES; a real one has less than one thousand. */
const MOST = 64 * 1024

/**
 * Carries questions to VIES. That it was not reached is an answer too, and kept: the schedule asks again. A question
 * that was carried out twice after a crash is answered once, because the first answer ends it.
 */
export function vatCarrier({ store, workspace, environment, web, told }: VatCarrierParts): EffectCarrier {
  const url = `${web.places.vies}/check-vat-number`
  return {
    kind: ASK_VAT_EFFECT,
    async carry({ payload }) {
      const { customerId, number } = payload as { customerId: string; number: string }
      const found = await store.read(workspace, reader => vatAsk(reader, { environment }, customerId, number))
      if (found === null) return
      const reply = await web.ask({ url, body: viesQuestion(found.number, found.requester), most: MOST })
      const outcome: ViesOutcome = reply.reached
        ? readVies(reply, found.number)
        : { state: 'not-reached', reason: reply.reason }
      const requester = found.requester?.number ?? null
      await told({ customerId, number, source: url, requester, outcome } as Answered)
    },
  }
}
