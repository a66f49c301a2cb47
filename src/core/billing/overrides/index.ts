import {
  endOverride,
  listOverrides,
  overrideKind,
  restoreOverride,
  setApprovedOverride,
  setOverride,
} from './set-override.ts'

/** What of prices other people can be asked to allow. */
export const overrideKinds = [overrideKind]

/** Prices of one customer alone. */
export const overrideHandlers = {
  list: listOverrides,
  set: setOverride,
  setApproved: setApprovedOverride,
  end: endOverride,
  restore: restoreOverride,
}
