import type { OutputOf } from '#renderer/app/core/hooks.ts'
import { contract } from '#shared/contract/index.ts'

export const { correction, dispute, period } = contract.billing
export type Corrections = OutputOf<typeof correction.get>
export type Dispute = Corrections['disputes'][number]

/** The invoice that is corrected, as dialogs name it. */
export type Subject = {
  readonly invoiceId: string
  readonly number: string
  readonly customer: string
}
