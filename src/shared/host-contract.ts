import { oc } from '@orpc/contract'
import { z } from 'zod'
import { SlotKind } from './core-process-protocol.ts'

/**
 * What a host offers beside the core: copies of the workspace, and what is to be known of the process itself.
 * It stands at `host` next to the features of the contract, on every transport.
 */
const Entry = z.object({
  /** ISO 8601. */
  at: z.string(),
  level: z.string(),
  message: z.string(),
  facts: z.record(z.string(), z.unknown()),
})

const base = oc.errors({
  /** Only an admin may. */
  HOST_FORBIDDEN: { data: z.object({}) },
  HOST_BACKUP_REFUSED: { data: z.object({ code: z.string() }) },
})

export const hostContract = {
  about: base.input(z.object({})).output(
    z.object({
      host: z.string(),
      version: z.string(),
      pid: z.int(),
      node: z.string(),
      platform: z.string(),
      workspaceDir: z.string(),
      startedAt: z.string(),
      databaseBytes: z.number(),
      walBytes: z.number(),
      memoryBytes: z.number(),
      /** Other processes that are connected. */
      clients: z.int(),
      /** How the database was unlocked. */
      unlockedBy: SlotKind,
    }),
  ),
  /** The last lines of the log, the newest first. */
  log: base
    .input(z.object({ limit: z.int().min(1).max(1000).default(200) }))
    .output(z.object({ entries: z.array(Entry) })),
  /** A consistent copy of database and key slots with their digests, in a new folder, made while people work. */
  backup: base
    .input(
      z.object({
        /** A folder of this machine, below which the copy's folder is made. */
        directory: z.string().min(1).max(4096),
      }),
    )
    .output(
      z.object({
        path: z.string(),
        bytes: z.number(),
        sha256: z.string(),
        /** The version of the workspace that the copy holds. */
        version: z.bigint(),
      }),
    ),
}
export type HostContract = typeof hostContract
