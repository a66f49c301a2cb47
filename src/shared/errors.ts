/**
 * Expected failures. A refusal is a typed error of the contract: a code `FEATURE_REASON` and its data.
 * The words for people live in the renderer's catalogue; the message here is for logs and the command line.
 */
export class Refusal extends Error {
  readonly code: string
  readonly data: unknown

  constructor(code: string, data: unknown, message?: string) {
    super(message ?? code)
    this.name = 'Refusal'
    this.code = code
    this.data = data
  }
}

/** Makes a refusal with a code of the contract and the data that its schema asks for. */
export function refuse(code: string, data: unknown = {}, message?: string): Refusal {
  return new Refusal(code, data, message)
}

/** True for an expected failure, false for a bug. */
export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Refusal
}
