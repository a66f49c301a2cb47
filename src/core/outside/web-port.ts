import { refuse } from '#shared/errors.ts'

/** A question to a public service. */
export interface WebQuestion {
  readonly url: string
  /** JSON that is posted; without it the address is got. */
  readonly body?: string
  /** Bytes of an answer that are taken; a longer one is none. */
  readonly most: number
}

/** Why there is no answer: the network or the other side refused, it took too long, it was too long. */
export type NoAnswer = 'network' | 'slow' | 'too-long'

export type WebAnswer =
  | { readonly reached: true; readonly status: number; readonly text: string }
  | { readonly reached: false; readonly reason: NoAnswer }

/** Public services outside; a host that may reach the network implements it. */
export interface WebPort {
  /** Where services are: the VIES service of the European Commission, the rates of the European Central Bank. */
  readonly places: { readonly vies: string; readonly ecb: string }
  /** Asks; it never throws for what the other side does, and follows it nowhere else. */
  ask(question: WebQuestion): Promise<WebAnswer>
}

/** Whether a public service can be asked: it was allowed, and this host reaches the network. */
export type OutsideState = 'ready' | 'off' | 'no-network'

export function outsideState(web: WebPort | undefined, allowed: boolean): OutsideState {
  if (!allowed) return 'off'
  return web ? 'ready' : 'no-network'
}

/**
 * @param setting the setting that allows it
 * @throws Refusal `BILLING_OUTSIDE_OFF`, `BILLING_OUTSIDE_NONE`
 */
export function demandOutside(state: OutsideState, setting: string): void {
  if (state === 'off') throw refuse('BILLING_OUTSIDE_OFF', { setting })
  if (state === 'no-network') throw refuse('BILLING_OUTSIDE_NONE', {})
}
