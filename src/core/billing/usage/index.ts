import type { Services } from '#core/features.ts'
import { usageAnalytics } from './analytics.ts'
import { inspectUsage } from './imports/inspect.ts'
import { getUsageImport, listUsageImports, listUsageProblems } from './imports/list.ts'
import { startUsageImport } from './imports/start.ts'
import { knownLimits, usageTotals } from './known-limits.ts'
import { usageEvents, usageSeries } from './look.ts'
import { recordUsage } from './record.ts'

export function usageHandlers({ files, entitlements }: Pick<Services, 'files' | 'entitlements'>) {
  return {
    record: recordUsage(entitlements),
    inspect: inspectUsage(files),
    import: startUsageImport(files),
    imports: { list: listUsageImports, get: getUsageImport, problems: listUsageProblems },
    limits: knownLimits,
    totals: usageTotals,
    analytics: usageAnalytics,
    series: usageSeries,
    events: usageEvents,
  }
}
