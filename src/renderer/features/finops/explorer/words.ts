import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { dayOf, formatInstant } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { Dimension } from '#shared/contract/finops-costs.ts'
import { NAMED_DIMENSIONS } from '#shared/contract/finops-costs.ts'
import type { ExplorerState } from './address.ts'
import type { Explored } from './series.ts'

/** The words of the explorer: names of dimensions, of their values and of spans of time. */
export interface ExplorerWords {
  dimension(dimension: Dimension): string
  /** A value of a dimension; what has none says so. */
  value(value: string | null): string
  /** The keys of a row, or of the row of the rest. */
  row(keys: readonly (string | null)[] | null, merged: number): string
  bucket(from: bigint, grain: ExplorerState['grain']): string
}

export function useExplorerWords(): ExplorerWords {
  const { t } = useTranslation()
  const format = useFormat()
  return useMemo(() => {
    const value = (text: string | null) => text ?? t('finops.explorer.noValue')
    return {
      dimension(dimension) {
        const named = NAMED_DIMENSIONS.find(name => name === dimension)
        if (named) return t(`finops.dimension.${named}`)
        const name = dimension.slice(dimension.indexOf(':') + 1)
        return dimension.startsWith('tag:') ? t('finops.dimension.tag', { key: name }) : name
      },
      value,
      row: (keys, merged) =>
        keys === null
          ? t('finops.explorer.rest', { count: merged })
          : keys.length === 0
            ? t('finops.explorer.total')
            : keys.map(value).join(' / '),
      bucket(from, grain) {
        // Days of bills are days of UTC, whatever the workspace's zone.
        const day = dayOf(Number(from), 'UTC')
        if (grain === 'month') return format.month(day.slice(0, 7))
        return grain === 'hour' ? formatInstant(Number(from), 'UTC', format.dateStyle) : format.day(day)
      },
    }
  }, [t, format])
}

/** The names of the buckets of a result, in order. */
export function bucketNames(words: ExplorerWords, result: Explored, grain: ExplorerState['grain']): string[] {
  return result.buckets.map(bucket => words.bucket(bucket.from, grain))
}
