import { advisePlan } from './advise-plan.ts'
import { raiseAlerts, summariseScan } from './alerts.ts'
import { customerMeters } from './meters.ts'
import { overageShare } from './overage-share.ts'
import { quotaOverview } from './overview.ts'
import { getScan, listScans, lookAtUsage, startScan } from './scans.ts'
import { listQuotas, removeQuota, restoreQuota, setQuota } from './set-quota.ts'
import { assignTask, listTasks, setTaskState } from './tasks.ts'

/** What customers may use beside their plans, how far they are, and who looks after it. */
export const quotaHandlers = {
  list: listQuotas,
  set: setQuota,
  remove: removeQuota,
  restore: restoreQuota,
  meters: customerMeters,
  advise: advisePlan,
  overview: quotaOverview,
  overageShare,
  scan: {
    start: startScan,
    list: listScans,
    get: getScan,
    look: lookAtUsage,
    raise: raiseAlerts,
    summarise: summariseScan,
  },
  task: { list: listTasks, setState: setTaskState, assign: assignTask },
}
