import { createHmac, timingSafeEqual } from 'node:crypto'

/** A signature is taken for so many seconds. */
export const TOLERANCE = 300

/**
 * The headers that prove where a webhook comes from: its id, which is the same at every try, the second at which
 * this try was made, and HMAC-SHA256 over both and the body, as the Standard Webhooks specification has it.
 * @param key as the person who made the channel was given it
 */
export function signedHeaders(key: string, id: string, at: bigint, body: string): Record<string, string> {
  const timestamp = String(at / 1000n)
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature(key, id, timestamp, body)}`,
  }
}

/** Whether headers prove a body, for those who write a receiver and for our own tests. */
export function isSigned(
  key: string,
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  now: bigint,
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': given } = headers
  if (!id || !timestamp || !given || !/^\d{1,12}$/.test(timestamp)) return false
  if (Math.abs(Number(now / 1000n) - Number(timestamp)) > TOLERANCE) return false
  const expected = Buffer.from(`v1,${signature(key, id, timestamp, body)}`)
  return given.split(' ').some(one => {
    const bytes = Buffer.from(one)
    return bytes.length === expected.length && timingSafeEqual(bytes, expected)
  })
}

function signature(key: string, id: string, timestamp: string, body: string): string {
  return createHmac('sha256', keyBytes(key)).update(`${id}.${timestamp}.${body}`).digest('base64')
}

/** What is written `whsec_` and base64 are the bytes of that; anything else are its own bytes. */
function keyBytes(key: string): Buffer {
  return key.startsWith('whsec_') ? Buffer.from(key.slice(6), 'base64') : Buffer.from(key, 'utf8')
}
