import type { HostServices } from '#core/features.ts'
import { inspectImport } from './inspect.ts'
import { get, list, problems } from './list.ts'
import { publish } from './publish.ts'
import { releaseFile, startImport } from './start.ts'
import { redo, undo } from './undo.ts'

export function importHandlers({ files, environment }: Pick<HostServices, 'files' | 'environment'>) {
  return {
    inspect: inspectImport(files, environment),
    start: startImport(files, environment),
    publish,
    release: releaseFile(files),
    list,
    get,
    problems,
    undo,
    redo,
  }
}
