import type { FilesPort } from '#core/files-port.ts'
import { inspectImport } from './inspect.ts'
import { get, list, problems } from './list.ts'
import { publish } from './publish.ts'
import { startImport } from './start.ts'
import { redo, undo } from './undo.ts'

export function importHandlers(files: FilesPort) {
  return {
    inspect: inspectImport(files),
    start: startImport(files),
    publish,
    list,
    get,
    problems,
    undo,
    redo,
  }
}
