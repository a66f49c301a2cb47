import type { HostServices } from '#core/features.ts'
import { checkStep, restoreCheck, uncheckStep } from './checks.ts'
import { addStep, moveStep, ownSteps, renameStep, setStepActive } from './own-steps.ts'
import { showMonthEnd } from './show-month-end.ts'

/** What is left before the books of a month can close. */
export function monthEndHandlers({ environment }: Pick<HostServices, 'environment'>) {
  return {
    get: showMonthEnd(environment),
    check: checkStep,
    uncheck: uncheckStep,
    restoreCheck,
    ownSteps,
    addStep,
    renameStep,
    moveStep,
    setStepActive,
  }
}
