import type { Core } from '#core/create-core.ts'
import type { Id } from '#shared/ids.ts'

/** The workspaces of this server: one core each, over one store. */
export interface Workspaces {
  /**
   * The core of a workspace, opened at its first use.
   * @throws Refusal `WORKSPACE_NOT_FOUND`
   */
  open(workspace: Id): Promise<Core>
  /** All workspaces of the database, oldest first. */
  list(): Promise<readonly Id[]>
  /** Makes an empty workspace with the server's authority, and opens it. */
  create(workspace: Id): Promise<Core>
  /** The cores that are open now. */
  opened(): ReadonlyMap<Id, Core>
  close(): Promise<void>
}
