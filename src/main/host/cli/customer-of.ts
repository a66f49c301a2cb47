import type { Client } from '#serving/client.ts'
import { refuse } from '#shared/errors.ts'

/** The id of the customer with a key. @throws Refusal `WORKSPACE_NOT_FOUND` */
export async function customerOf(client: Client, key: string): Promise<string> {
  const { customerId } = await client.billing.customer.find({ key })
  if (customerId === null) throw refuse('WORKSPACE_NOT_FOUND', { entity: 'customer', id: key })
  return customerId
}
