import type { Icon } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import type { ComponentType } from 'react'
import type { CapabilityLeaf } from '#renderer/ui/actions/action.ts'

/** The features, by the name that they have on every floor, in the order of the rail. */
export const FEATURE_IDS = ['billing', 'finops', 'support', 'health', 'workspace'] as const
export type FeatureId = (typeof FEATURE_IDS)[number]

/** One screen: its address, its name, and where it is found. */
export interface Screen {
  /** `/finops/explorer`; parameters as `$name`. */
  readonly path: `/${string}`
  readonly title: (t: TFunction) => string
  readonly icon?: Icon
  /** Two presses that lead there, such as `g c`. Unique among all screens. */
  readonly key?: string
  /** Whether the rail shows it. Others are reached from a page, the palette or an address. */
  readonly inRail: boolean
  /** In the rail it stands folded under *More*, unless the person is there: what is set up once, or looked at rarely. */
  readonly folded?: true
  /** Where the application begins for somebody who was nowhere yet. One screen says so. */
  readonly isStart?: true
  /** A small count beside its name in the rail. */
  readonly badge?: ComponentType
  /** Whether it shows figures of the period that is picked in the top bar. The address then carries the period. */
  readonly usesPeriod?: boolean
  /** A screen is offered only to people who may use this capability. */
  readonly needs?: CapabilityLeaf
  /** Loads the screen: `async () => (await import('./explorer/page.tsx')).ExplorerPage`. */
  readonly load: () => Promise<ComponentType>
}

/** What a feature brings to the shell. */
export interface Feature {
  readonly id: FeatureId
  readonly icon: Icon
  readonly screens: readonly Screen[]
}
