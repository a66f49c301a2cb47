import { exportCatalogue, importCatalogue } from './catalogue.ts'
import { initializeDefaults } from './default-catalogue.ts'
import { planMigration } from './migration.ts'
import { addPlanVersion, restorePlanVersion } from './plan-versions.ts'
import { createPlan, editPlan, listPlans, restorePlan, setPlanActive, showPlan } from './plans.ts'
import { restoreCatalogue } from './restore-catalogue.ts'

export const planHandlers = {
  migration: planMigration,
  list: listPlans,
  get: showPlan,
  create: createPlan,
  edit: editPlan,
  setActive: setPlanActive,
  addVersion: addPlanVersion,
  restore: restorePlan,
  restoreVersion: restorePlanVersion,
  restoreCatalogue,
  export: exportCatalogue,
  import: importCatalogue,
  initializeDefaults,
}
