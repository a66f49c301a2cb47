import { SegmentedControl, Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { finops } from '#shared/contract/finops.ts'
import { type Dimension, Grain, Measure } from '#shared/contract/finops-costs.ts'
import { CHART_KINDS, type ExplorerState } from './address.ts'
import classes from './explorer.module.css'
import type { ExplorerWords } from './words.ts'

interface ToolbarProps {
  readonly state: ExplorerState
  readonly change: (part: Partial<ExplorerState>) => void
  readonly words: ExplorerWords
}

/** The dimensions that can be chosen, in groups. */
export function useDimensionOptions(words: ExplorerWords) {
  const { t } = useTranslation()
  const { data } = useCoreQuery(finops.costs.dimensions, {})
  const all = (data?.dimensions ?? []).filter(one => one.used)
  const option = ({ id }: { id: Dimension }) => ({ value: id, label: words.dimension(id) })
  return [
    { group: t('finops.dimension.group.usual'), items: all.filter(one => !one.id.includes(':')).map(option) },
    {
      group: t('finops.dimension.group.tags'),
      items: all.filter(one => one.id.startsWith('tag:')).map(option),
    },
    {
      group: t('finops.dimension.group.columns'),
      items: all.filter(one => one.id.startsWith('column:')).map(option),
    },
  ].filter(({ items }) => items.length > 0)
}

/** What can be chosen is read in full, however narrow the field is. */
const WIDE = { width: 220, position: 'bottom-start' } as const

/** What is measured, by what, and how it is drawn. */
export function Toolbar({ state, change, words }: ToolbarProps) {
  const { t } = useTranslation()
  const dimensions = useDimensionOptions(words)
  const [first, second] = state.by
  const setBy = (index: 0 | 1, value: string | null) => {
    const next = [...state.by]
    if (value === null) next.splice(index, 1)
    else next[index] = value as Dimension
    change({ by: next })
  }
  const without = (other: string | undefined) =>
    dimensions.map(group => ({ ...group, items: group.items.filter(item => item.value !== other) }))
  return (
    <div className={classes.toolbar}>
      <Select
        className={classes.measure ?? ''}
        comboboxProps={WIDE}
        label={t('finops.explorer.measure')}
        title={t(`finops.measureHint.${state.measure}`)}
        data={Measure.options.map(value => ({ value, label: t(`finops.measure.${value}`) }))}
        value={state.measure}
        allowDeselect={false}
        onChange={value => value && change({ measure: value as ExplorerState['measure'] })}
      />
      <Select
        className={classes.by ?? ''}
        comboboxProps={WIDE}
        label={t('finops.explorer.by')}
        data={without(second)}
        value={first ?? null}
        placeholder={t('finops.explorer.nothing')}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('finops.explorer.nothing') }}
        onChange={value => setBy(0, value)}
      />
      <Select
        className={classes.andBy ?? ''}
        comboboxProps={WIDE}
        label={t('finops.explorer.andBy')}
        data={without(first)}
        value={second ?? null}
        placeholder={t('finops.explorer.nothing')}
        searchable
        clearable
        clearButtonProps={{ 'aria-label': t('finops.explorer.nothing') }}
        disabled={first === undefined}
        onChange={value => setBy(1, value)}
      />
      <Select
        className={classes.grain ?? ''}
        comboboxProps={WIDE}
        label={t('finops.explorer.grain')}
        data={Grain.options.map(value => ({ value, label: t(`finops.grain.${value}`) }))}
        value={state.grain}
        allowDeselect={false}
        onChange={value => value && change({ grain: value as ExplorerState['grain'] })}
      />
      <Select
        className={classes.compare ?? ''}
        comboboxProps={WIDE}
        label={t('finops.explorer.compare')}
        data={(['none', 'length', 'calendar'] as const).map(value => ({
          value,
          label: t(`finops.explorer.compareWith.${value}`),
        }))}
        value={state.compare}
        allowDeselect={false}
        onChange={value => value && change({ compare: value as ExplorerState['compare'] })}
      />
      <SegmentedControl
        className={classes.kind ?? ''}
        aria-label={t('finops.explorer.chart.label')}
        data={CHART_KINDS.map(value => ({ value, label: t(`finops.explorer.chart.${value}`) }))}
        value={state.chart}
        onChange={value => change({ chart: value as ExplorerState['chart'] })}
      />
    </div>
  )
}
