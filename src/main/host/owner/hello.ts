import { z } from 'zod'

/** The first message of a client of the owner; nothing else is read before it. */
export const ClientHello = z.object({
  secret: z.string().min(1).max(200),
  /** Which host the client is, for the log. */
  host: z.string().max(100),
  pid: z.int().positive(),
  /** Names the device in the command log; a host that passes pages on gives each its own. */
  device: z.string().max(200),
})
export type ClientHello = z.infer<typeof ClientHello>

/** The owner's one answer; after it the connection carries oRPC's peer protocol. */
export const OwnerWelcome = z.object({ ready: z.literal(true), host: z.string(), version: z.string() })
export type OwnerWelcome = z.infer<typeof OwnerWelcome>
