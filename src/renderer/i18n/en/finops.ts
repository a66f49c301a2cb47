/** Words of the finops feature. */
export const finops = {} as const

/** Words for the errors of the finops feature, by code. */
export const finopsErrors = {} as const
