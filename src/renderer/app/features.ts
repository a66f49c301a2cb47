import { billing } from '#renderer/features/billing/index.ts'
import { finops } from '#renderer/features/finops/index.ts'
import { workspace } from '#renderer/features/workspace/index.ts'
import type { Feature } from './feature.ts'

/** The features that have screens, in the order of the rail. A further one is one line here. */
export const features: readonly Feature[] = [billing, finops, workspace]
