import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openPartialFiles, type PartialFiles } from '#serving/files/partial-files.ts'
import { openStagedFiles, type StagedFiles } from '#serving/files/staged-files.ts'
import type { Id } from '#shared/ids.ts'

/** Files that people gave to workspaces of this server, until a job has read them. */
export interface ServerFiles {
  staged(workspace: Id): StagedFiles
  /** Files that come in parts. */
  partial(workspace: Id): PartialFiles
}

/** The files of each workspace lie in a folder of its own below the home of the server. */
export function createServerFiles(home: string): ServerFiles {
  const known = new Map<Id, { staged: StagedFiles; partial: PartialFiles }>()
  function of(workspace: Id) {
    let files = known.get(workspace)
    if (!files) {
      const dir = join(home, 'files', workspace)
      mkdirSync(dir, { recursive: true, mode: 0o700 })
      const staged = openStagedFiles({ dir, now: Date.now })
      staged.sweep()
      files = { staged, partial: openPartialFiles({ dir, files: staged }) }
      known.set(workspace, files)
    }
    return files
  }
  return { staged: workspace => of(workspace).staged, partial: workspace => of(workspace).partial }
}
