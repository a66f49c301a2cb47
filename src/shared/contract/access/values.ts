import { z } from 'zod'
import { Uuid } from '../define.ts'

/** Somebody, as lists name them. */
export const Named = z.object({ id: Uuid, name: z.string() })

/** What only a server can do: a standalone workspace has no sign-in, and a desk cannot speak for the server. */
export const onServer = { ACCESS_NEEDS_SERVER: { data: z.object({ authority: z.string() }) } }

/** A link that works once. Shown this once: the server keeps its digest only. */
export const Link = z.object({
  /** What comes after the server's address. */
  path: z.string(),
  until: z.bigint(),
})
