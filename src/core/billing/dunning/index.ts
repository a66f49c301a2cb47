import type { EnvironmentSettings } from '#shared/settings.ts'
import { listCampaigns, listVersions, restoreCampaign, saveCampaign } from './campaigns.ts'
import { dueDunning, listCases, simulateDunning } from './cases.ts'
import { doSteps } from './do-step.ts'
import { runDunning } from './dunning-run.ts'
import { pauseDunning, restorePause, resumeDunning } from './pauses.ts'
import { listDunningTasks, setDunningTask } from './tasks.ts'

/** Reminding and charging again, of what is not paid. */
export const dunningHandlers = (environment: EnvironmentSettings) => ({
  campaigns: listCampaigns,
  versions: listVersions,
  save: saveCampaign,
  restore: restoreCampaign,
  list: listCases,
  simulate: simulateDunning,
  due: dueDunning,
  run: runDunning,
  step: doSteps(environment),
  pause: pauseDunning,
  resume: resumeDunning,
  restorePause,
  tasks: listDunningTasks,
  setTask: setDunningTask,
})
