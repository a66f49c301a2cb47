import { closeSync, fsyncSync, openSync } from 'node:fs'
import { PGlite } from '@electric-sql/pglite'
import { NodeFS } from '@electric-sql/pglite/nodefs'
import { pgliteSource } from './postgres-sources.ts'
import type { PostgresSource } from './postgres-store.ts'

/** The part of Emscripten's file system on Node that we complete. */
interface NodeFiles {
  stream_ops: { fsync?: (stream: OpenFile) => number }
  realPath(node: unknown): string
}
interface OpenFile {
  readonly nfd?: number
  readonly node: unknown
}

/**
 * Files that reach the disk when PostgreSQL asks for it. Emscripten leaves that out on Node, and PGlite switches
 * it off: a commit would then survive a killed process and not a power cut.
 */
class DurableFiles extends NodeFS {
  override async init(pg: PGlite, options: Parameters<NodeFS['init']>[1]) {
    const made = await super.init(pg, options)
    const complete = (module: { FS: unknown }) => {
      const files = (module.FS as { filesystems: { NODEFS: NodeFiles } }).filesystems.NODEFS
      files.stream_ops.fsync = stream => {
        if (stream.nfd !== undefined) fsyncSync(stream.nfd)
        else syncFolder(files.realPath(stream.node))
        return 0
      }
    }
    return {
      emscriptenOpts: { ...made.emscriptenOpts, preRun: [...(made.emscriptenOpts.preRun ?? []), complete] },
    }
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

/** PGlite's own, but for what switches durability off; it knows one way only to ask for the disk. */
const START = [
  ...PGlite.defaultStartParams.filter(parameter => parameter !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync'],
]

/**
 * Opens the PGlite database in a folder, which is made when it is missing. PGlite locks nothing: whoever opens
 * it must hold a lock on the folder.
 */
export async function openPglite(dir: string): Promise<PostgresSource> {
  return pgliteSource(await PGlite.create({ fs: new DurableFiles(dir), startParams: START }))
}
