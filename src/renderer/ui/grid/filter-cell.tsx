import { Checkbox, Popover } from '@mantine/core'
import { type KeyboardEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ColumnFilter } from '#renderer/state/filters.ts'
import { filterText, parseRange } from './column-filter.ts'
import type { GridColumn } from './columns.tsx'
import classes from './grid.module.css'

/** Milliseconds without a key before a typed filter is applied. */
const PAUSE = 220

export interface FilterCellProps<T> {
  readonly column: GridColumn<T>
  readonly filter: ColumnFilter | undefined
  readonly onChange: (filter: ColumnFilter | null) => void
  /** Leaves the field for the rows. */
  readonly onLeave: () => void
}

/** The field above a column by which its rows are filtered. */
export function FilterCell<T>(props: FilterCellProps<T>) {
  if (props.column.filter === 'choice') return <ChoiceFilter {...props} />
  return <TypedFilter {...props} />
}

function TypedFilter<T>({ column, filter, onChange, onLeave }: FilterCellProps<T>) {
  const { t } = useTranslation()
  const [text, setText] = useState(filterText(filter))
  const [typing, setTyping] = useState(false)
  const kind = column.filter
  const read = (): ColumnFilter | null => {
    if (text.trim() === '') return null
    if (kind === 'number' || kind === 'date') return parseRange(text, kind)
    return { kind: 'contains', text: text.trim() }
  }
  const bad = text.trim() !== '' && read() === null
  useEffect(() => {
    if (!typing) setText(filterText(filter))
  }, [filter, typing])
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the pause
  useEffect(() => {
    if (!typing) return
    const timer = setTimeout(() => {
      if (!bad) onChange(read())
    }, PAUSE)
    return () => clearTimeout(timer)
  }, [text, typing])
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation()
    if (event.key === 'Escape' && text !== '') {
      setText('')
      onChange(null)
    } else if (event.key === 'Enter' || event.key === 'ArrowDown' || event.key === 'Escape') {
      if (!bad) onChange(read())
      event.preventDefault()
      onLeave()
    }
  }
  const hint =
    kind === 'number'
      ? t('ui.grid.rangeHint')
      : kind === 'date'
        ? t('ui.grid.dateHint')
        : t('ui.grid.contains')
  const mistake = kind === 'date' ? t('ui.grid.dateBad') : t('ui.grid.rangeBad')
  return (
    <input
      className={classes.filterInput}
      type="text"
      value={text}
      placeholder={hint}
      aria-label={t('ui.grid.filterColumn', { column: column.header })}
      aria-invalid={bad}
      title={bad ? mistake : undefined}
      data-filter={column.id}
      onChange={event => {
        setTyping(true)
        setText(event.currentTarget.value)
      }}
      onBlur={() => setTyping(false)}
      onKeyDown={onKeyDown}
    />
  )
}

function ChoiceFilter<T>({ column, filter, onChange }: FilterCellProps<T>) {
  const { t } = useTranslation()
  const options = column.options ?? []
  const chosen = filter?.kind === 'in' ? filter.values : []
  const shown = options.filter(option => chosen.includes(option.value)).map(option => option.label)
  return (
    <Popover position="bottom-start" trapFocus returnFocus>
      <Popover.Target>
        <button
          type="button"
          className={classes.filterInput}
          aria-label={t('ui.grid.filterColumn', { column: column.header })}
          data-filter={column.id}
          onKeyDown={event => event.stopPropagation()}
        >
          {shown.length > 0 ? shown.join(', ') : t('ui.grid.any')}
        </button>
      </Popover.Target>
      <Popover.Dropdown onKeyDown={event => event.stopPropagation()}>
        <div className={classes.choices}>
          {options.map(option => (
            <Checkbox
              key={option.value}
              label={option.label}
              checked={chosen.includes(option.value)}
              onChange={event => {
                const next = event.currentTarget.checked
                  ? [...chosen, option.value]
                  : chosen.filter(value => value !== option.value)
                onChange(next.length === 0 ? null : { kind: 'in', values: next })
              }}
            />
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
