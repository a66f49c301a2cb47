/** Words of the workspace feature: people, settings, jobs, log, diagnostics, keys, preferences. */
export const workspace = {
  role: {
    analyst: 'Analyst',
    approver: 'Approver',
    ops: 'Operations',
    admin: 'Admin',
    auditor: 'Auditor',
  },
} as const

/** Words for the errors of the workspace feature, by code. */
export const workspaceErrors = {} as const
