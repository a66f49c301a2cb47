/** Input that the engine cannot price: where in it, and why, as a word that the interface explains. */
export class PricingRefusal extends Error {
  readonly path: string
  readonly reason: string

  constructor(path: string, reason: string) {
    super(`${path}: ${reason}`)
    this.name = 'PricingRefusal'
    this.path = path
    this.reason = reason
  }
}
