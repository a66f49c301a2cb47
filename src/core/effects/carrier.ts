/** An effect as its carrier is given it. */
export interface EffectToCarry {
  /** The idempotency key: the same effect may be handed over again after a crash. */
  readonly id: string
  readonly payload: unknown
  /** 1 for the first try. */
  readonly attempt: number
}

/**
 * Thrown by a carrier that cannot carry an effect out yet and says itself when to come back: no failure, and as
 * often as it takes.
 */
export class TryLater extends Error {
  /** Milliseconds from now. */
  readonly after: number

  constructor(after: number, reason: string) {
    super(reason)
    this.name = 'TryLater'
    this.after = after
  }
}

/**
 * Carries one kind of effects out into the world: documents, mail, payments. It throws a Refusal when trying
 * again is of no use, TryLater when it keeps its own time, and any other error when trying again may help. Kinds
 * do not wait for each other.
 */
export interface EffectCarrier {
  readonly kind: string
  /** How many it carries at a time; one where nothing is said. */
  readonly atOnce?: number
  /** After so many milliseconds it is no longer worth carrying out: nobody wants last week's notification. */
  readonly staleAfter?: number
  carry(effect: EffectToCarry): Promise<void>
}
