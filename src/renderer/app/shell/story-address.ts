import { DEFAULT_STATE, toAddress } from '#renderer/features/finops/explorer/address.ts'
import { periodToText } from '#renderer/ui/format/period.ts'
import type { Dimension } from '#shared/contract/finops-costs.ts'
import type { DemoStory } from '#shared/contract/workspace/demo.ts'
import { PERIOD_PARAM } from '../period.ts'

const NAMED: Readonly<Record<string, Dimension>> = {
  ProviderName: 'provider',
  ServiceName: 'service',
  RegionId: 'region',
  ResourceId: 'resource',
}

/** The address of the cost explorer that shows a story of the demo. */
export function storyAddress({ where, look, currency }: DemoStory): string {
  const params = toAddress({
    ...DEFAULT_STATE,
    currency,
    by: [dimensionOf(look.by)],
    grain: look.grain,
    filters: Object.entries(where).map(([column, values]) => ({
      dimension: dimensionOf(column),
      op: 'is',
      values,
    })),
  })
  params.set(PERIOD_PARAM, periodToText({ kind: 'days', first: look.first, last: look.last }))
  return `/finops/explorer?${params}`
}

/** A FOCUS column, or a tag as `Tags/<key>`, as a dimension of the explorer. */
function dimensionOf(column: string): Dimension {
  if (column.startsWith('Tags/')) return `tag:${column.slice('Tags/'.length)}`
  return NAMED[column] ?? `column:${column}`
}
