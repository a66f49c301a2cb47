import { answer } from '#core/runtime/handlers.ts'
import { closeFacts as leaf } from '#shared/contract/billing/close-facts.ts'
import { quantitiesOf } from '../usage/quantities.ts'

export const closeQuantities = answer(leaf.quantities, async ({ reader, input }) => ({
  quantities: await quantitiesOf(reader, input.requests),
}))
