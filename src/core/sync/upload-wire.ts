import { z } from 'zod'
import { Row } from './wire.ts'

/* The messages of an upload, beside those of `wire.ts`. */

const Name = z.string().min(1).max(200)
const Hash = z.string().regex(/^[0-9a-f]{64}$/)

export const TableDigests = z.array(z.object({ name: Name, rows: z.bigint(), digest: Hash })).max(1000)
export const MissingTables = z.array(Name).max(1000)
export const UploadedRows = z.object({
  table: Name,
  first: z.boolean(),
  rows: z.array(z.object({ key: z.string().max(4000), row: Row })).max(10_000),
})
export const Received = z.object({
  origin: z.uuid(),
  last: z.uuid(),
  head: Hash,
  facts: z.object({ name: z.string(), zone: z.string(), currency: z.string(), demo: z.bigint() }),
})
export const Nothing = z.object({})

/** What a server says of the workspace of a device, before anything goes there. */
export const WorkspaceThere = z.object({
  /** Nothing is in it but people and what lets them in. */
  empty: z.boolean(),
  name: z.string(),
})
