/** Words of the workspace feature. */
export const workspace = {} as const

/** Words for the errors of the workspace feature, by code. */
export const workspaceErrors = {} as const
