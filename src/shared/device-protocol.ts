import { z } from 'zod'
import { canonicalJson } from './canonical.ts'
import { DeviceName, PublicKey } from './contract/access/devices.ts'
import { Uuid } from './contract/define.ts'

/*
 * How a desk becomes known to a server and shows that it is the one that was made known, as JSON over HTTP
 * under `/device/v1`. The person's half is the page `/device`.
 */

/** What a server calls itself: desks sign for this address and no other. */
const Address = z.url({ protocol: /^https?$/ })
const Secret = z.string().max(200)
const Signature = z.string().regex(/^[0-9a-f]{128}$/)
/** Milliseconds since the epoch. */
const Millis = z.number().int()

/** `POST /device/v1/enrolments`: a desk asks to be enrolled. */
export const EnrolmentRequest = z.object({
  name: DeviceName,
  platform: z
    .string()
    .max(100)
    .regex(/^\P{Cc}*$/u),
  publicKey: PublicKey,
  /** Over `enrolmentText`: whoever asks has the key. */
  signature: Signature,
})
export type EnrolmentRequest = z.infer<typeof EnrolmentRequest>

export const EnrolmentBegun = z.object({
  /** With this the desk asks what became of it. */
  secret: z.string(),
  /** What the desk shows and the person compares. */
  code: z.string(),
  /** Where the person confirms, with and without the code. */
  page: Address,
  pageWithCode: Address,
  /** Seconds between two questions. */
  interval: z.number(),
  expiresAt: Millis,
})
export type EnrolmentBegun = z.infer<typeof EnrolmentBegun>

/** `POST /device/v1/enrolments/state`. */
export const EnrolmentQuestion = z.object({ secret: Secret })

export const EnrolmentState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('waiting') }),
  z.object({ state: z.literal('refused') }),
  z.object({ state: z.literal('expired') }),
  z.object({
    state: z.literal('confirmed'),
    workspace: z.object({ id: Uuid, name: z.string() }),
    device: Uuid,
    person: z.object({ id: Uuid, name: z.string(), email: z.string() }),
    /** The address that the desk keeps: its challenges are for this one. */
    server: Address,
  }),
])
export type EnrolmentState = z.infer<typeof EnrolmentState>

/** `POST /device/v1/challenges`. */
export const ChallengeRequest = z.object({ workspace: Uuid, device: Uuid })

/** What a device signs to open a session: the text as it came, whatever its own clock says. */
export const Challenge = z.strictObject({
  domain: z.literal('quarterdeck/device-session/1'),
  audience: Address,
  workspace: Uuid,
  device: Uuid,
  nonce: z.string().max(1000),
  issuedAt: Millis,
  expiresAt: Millis,
})
export type Challenge = z.infer<typeof Challenge>
export const ChallengeText = z.object({ challenge: z.string().max(4000) })

/** `POST /device/v1/sessions`. */
export const SessionRequest = z.object({ challenge: z.string().max(4000), signature: Signature })
export const SessionOpened = z.object({
  /** For the header `Authorization: Bearer …`. */
  secret: z.string(),
  expiresAt: Millis,
  /** The server's clock, so that a desk can say that its own is wrong. */
  now: Millis,
})
export type SessionOpened = z.infer<typeof SessionOpened>

/** The text that a desk signs when it asks to be enrolled. */
export function enrolmentText(asked: Omit<EnrolmentRequest, 'signature'>, audience: string): string {
  const { name, platform, publicKey } = asked
  return canonicalJson({ domain: 'quarterdeck/device-enrolment/1', audience, name, platform, publicKey })
}
