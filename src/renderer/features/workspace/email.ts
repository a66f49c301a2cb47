import { z } from 'zod'

const schema = z.email()

/** True for an e-mail address, as the contract understands it. */
export function isEmail(text: string): boolean {
  return schema.safeParse(text.trim()).success
}
