import type { HostServices } from '#core/features.ts'
import { inspectUsage } from './imports/inspect.ts'
import { getUsageImport, listUsageImports, listUsageProblems } from './imports/list.ts'
import { startUsageImport } from './imports/start.ts'
import { usageEvents, usageSeries } from './look.ts'
import { recordUsage } from './record.ts'

export function usageHandlers({ files }: Pick<HostServices, 'files'>) {
  return {
    record: recordUsage(),
    inspect: inspectUsage(files),
    import: startUsageImport(files),
    imports: { list: listUsageImports, get: getUsageImport, problems: listUsageProblems },
    series: usageSeries,
    events: usageEvents,
  }
}
