import { join } from 'node:path'
import { z } from 'zod'
import { type ScheduleKind, scheduleKind } from '#core/workspace/schedules/schedule-kind.ts'
import { refuse } from '#shared/errors.ts'
import type { Id } from '#shared/ids.ts'
import type { MadeArchive } from '../backup/back-up.ts'
import { keepNewest } from './retention.ts'

const Input = z.strictObject({
  /** Archives of this schedule that stay. */
  keep: z.number().int().min(1).max(1000).default(14),
})

export interface BackupScheduleParts {
  /** The folder that holds a folder of archives for each schedule. */
  readonly dir: string
  readonly backUp: (to: string) => Promise<MadeArchive>
  /** Whether the workspace is still the one that looks after the server. */
  readonly looksAfterServer: () => Promise<boolean>
}

/** Backs all workspaces of the server up into a new archive, and removes the oldest. */
export function backupSchedule(parts: BackupScheduleParts): ScheduleKind {
  return scheduleKind<z.infer<typeof Input>>({
    name: 'server.backup',
    input: Input,
    roles: [],
    async run({ input, scheduleId, now }) {
      if (!(await parts.looksAfterServer())) throw refuse('WORKSPACE_SCHEDULE_NOT_OFFERED')
      const dir = folderOf(parts.dir, scheduleId)
      const { path, workspaces, rows, bytes } = await parts.backUp(dir)
      const removed = keepNewest(dir, input.keep, Number(now()))
      return { over: true, summary: { path, workspaces, rows, bytes, removed } }
    },
  })
}

const folderOf = (dir: string, scheduleId: Id) => join(dir, scheduleId)
