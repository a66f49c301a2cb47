/** An effect as its carrier is given it. */
export interface EffectToCarry {
  /** The idempotency key: the same effect may be handed over again after a crash. */
  readonly id: string
  readonly payload: unknown
  /** 1 for the first try. */
  readonly attempt: number
}

/**
 * Carries one kind of effects out into the world: the desktop's notifications, later mail and payments. It
 * throws a Refusal when trying again is of no use, and any other error when it may be.
 */
export interface EffectCarrier {
  readonly kind: string
  /** After so many milliseconds it is no longer worth carrying out: nobody wants last week's notification. */
  readonly staleAfter?: number
  carry(effect: EffectToCarry): Promise<void>
}
