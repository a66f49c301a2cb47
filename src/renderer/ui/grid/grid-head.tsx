// biome-ignore-all lint/a11y/useSemanticElements: a virtual grid with pinned columns cannot be a table element
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus and names its cell by aria-activedescendant
import { Menu, Tooltip } from '@mantine/core'
import {
  IconArrowDown,
  IconArrowLeft,
  IconArrowRight,
  IconArrowUp,
  IconCheck,
  IconChevronDown,
  IconEyeOff,
  IconMinus,
  IconPinned,
  IconPinnedOff,
  IconX,
} from '@tabler/icons-react'
import { memo, type PointerEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ColumnFilter } from '#renderer/state/filters.ts'
import { FilterCell } from './filter-cell.tsx'
import classes from './grid.module.css'
import { cellId, cellStyle, type DrawnColumns, drawCells, edgeOf, widthVariable } from './grid-row.tsx'
import type { GridModelCommands, ShownColumn } from './use-grid-model.ts'

export interface GridHeadProps<T> {
  readonly gridId: string
  readonly drawn: DrawnColumns<T>
  readonly layout: GridModelCommands
  readonly checks: boolean
  /** Whether all, some or none of the rows are selected. */
  readonly checked: 'all' | 'some' | 'none'
  readonly onCheckAll: () => void
  /** The column that has the focus while the focus is in the head; null while it is in the rows. */
  readonly activeColumn: number | null
  readonly menuColumn: string | null
  readonly onMenu: (column: string | null) => void
  readonly showFilters: boolean
  readonly filters: Readonly<Record<string, ColumnFilter>>
  readonly onFilter: (column: string, filter: ColumnFilter | null) => void
  readonly onLeaveFilters: () => void
}

function GridHeadOf<T>(props: GridHeadProps<T>) {
  const { t } = useTranslation()
  const { gridId, drawn, checks, checked } = props
  const [dragged, setDragged] = useState<string | null>(null)
  const [over, setOver] = useState<string | null>(null)
  return (
    <div role="rowgroup" className={classes.head}>
      <div role="row" className={classes.row} aria-rowindex={1}>
        {checks ? (
          <div role="columnheader" className={`${classes.headCell} ${classes.check}`} aria-colindex={1}>
            {/* The keyboard reaches it with Ctrl A. */}
            <button
              type="button"
              tabIndex={-1}
              className={classes.box}
              data-checked={checked !== 'none'}
              aria-label={t('ui.grid.selectAll')}
              aria-pressed={checked === 'all'}
              onClick={props.onCheckAll}
            >
              {checked === 'all' ? <IconCheck size={12} stroke={3} /> : null}
              {checked === 'some' ? <IconMinus size={12} stroke={3} /> : null}
            </button>
          </div>
        ) : null}
        {drawCells(drawn, (shown, index) => (
          <div
            key={shown.column.id}
            id={cellId(gridId, -1, index)}
            role="columnheader"
            className={classes.headCell}
            aria-colindex={index + 1 + (checks ? 1 : 0)}
            aria-sort={shown.sorted === null ? 'none' : shown.sorted === 'asc' ? 'ascending' : 'descending'}
            data-align={shown.column.align ?? 'start'}
            data-pinned={shown.pinned ?? undefined}
            data-edge={edgeOf(drawn, index)}
            data-active={props.activeColumn === index}
            data-over={over === shown.column.id && dragged !== null && dragged !== over}
            style={cellStyle(shown, checks)}
            onDragOver={event => {
              if (dragged === null) return
              event.preventDefault()
              setOver(shown.column.id)
            }}
            onDrop={event => {
              event.preventDefault()
              if (dragged !== null) props.layout.moveTo(dragged, shown.column.id)
              setDragged(null)
              setOver(null)
            }}
          >
            <HeadLabel
              shown={shown}
              layout={props.layout}
              onDrag={column => {
                setDragged(column)
                setOver(null)
              }}
            />
            <ColumnMenu
              shown={shown}
              layout={props.layout}
              opened={props.menuColumn === shown.column.id}
              onChange={opened => props.onMenu(opened ? shown.column.id : null)}
            />
            <Resizer shown={shown} layout={props.layout} />
          </div>
        ))}
      </div>
      {props.showFilters ? (
        <div role="row" className={`${classes.row} ${classes.filterRow}`} aria-rowindex={2}>
          {checks ? (
            <div role="gridcell" className={`${classes.headCell} ${classes.check}`} aria-colindex={1} />
          ) : null}
          {drawCells(drawn, (shown, index) => (
            <div
              key={shown.column.id}
              role="gridcell"
              className={classes.headCell}
              aria-colindex={index + 1 + (checks ? 1 : 0)}
              data-pinned={shown.pinned ?? undefined}
              data-edge={edgeOf(drawn, index)}
              style={cellStyle(shown, checks)}
            >
              {shown.column.filter ? (
                <FilterCell
                  column={shown.column}
                  filter={props.filters[shown.column.id]}
                  onChange={filter => props.onFilter(shown.column.id, filter)}
                  onLeave={props.onLeaveFilters}
                />
              ) : null}
            </div>
          ))}
        </div>
      ) : null}
    </div>
  )
}

/** The heads of the columns, and the fields to filter by. */
export const GridHead = memo(GridHeadOf) as typeof GridHeadOf

/** The order of sorting when a head is pressed again and again. */
export function nextSort(sorted: 'asc' | 'desc' | null, numbers: boolean): 'asc' | 'desc' | null {
  const order = numbers ? (['desc', 'asc', null] as const) : (['asc', 'desc', null] as const)
  if (sorted === null) return order[0]
  return order[order.indexOf(sorted) + 1] ?? null
}

function HeadLabel<T>(props: {
  readonly shown: ShownColumn<T>
  readonly layout: GridModelCommands
  readonly onDrag: (column: string | null) => void
}) {
  const { column, sorted } = props.shown
  const label = (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keyboard sorts with Enter on the head itself
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div
      className={classes.headLabel}
      draggable
      onDragStart={event => {
        event.dataTransfer.effectAllowed = 'move'
        props.onDrag(column.id)
      }}
      onDragEnd={() => props.onDrag(null)}
      onClick={event => {
        if (column.sortable === false) return
        props.layout.sortBy(column.id, nextSort(sorted, column.align === 'end'), event.shiftKey)
      }}
    >
      <span>{column.header}</span>
      {sorted === 'asc' ? <IconArrowUp size={14} stroke={2} aria-hidden="true" /> : null}
      {sorted === 'desc' ? <IconArrowDown size={14} stroke={2} aria-hidden="true" /> : null}
    </div>
  )
  return column.hint ? <Tooltip label={column.hint}>{label}</Tooltip> : label
}

function ColumnMenu<T>(props: {
  readonly shown: ShownColumn<T>
  readonly layout: GridModelCommands
  readonly opened: boolean
  readonly onChange: (opened: boolean) => void
}) {
  const { t } = useTranslation()
  const { shown, layout } = props
  const { id, header, sortable } = shown.column
  return (
    <Menu opened={props.opened} onChange={props.onChange} trapFocus returnFocus width={220}>
      <Menu.Target>
        <button
          type="button"
          tabIndex={-1}
          className={classes.menuButton}
          aria-label={t('ui.grid.menu', { column: header })}
        >
          <IconChevronDown size={14} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown onKeyDown={event => event.stopPropagation()}>
        {sortable === false ? null : (
          <>
            <Menu.Item
              leftSection={<IconArrowUp size={14} />}
              onClick={() => layout.sortBy(id, 'asc', false)}
            >
              {t('ui.grid.sortAscending')}
            </Menu.Item>
            <Menu.Item
              leftSection={<IconArrowDown size={14} />}
              onClick={() => layout.sortBy(id, 'desc', false)}
            >
              {t('ui.grid.sortDescending')}
            </Menu.Item>
            {shown.sorted === null ? null : (
              <Menu.Item leftSection={<IconX size={14} />} onClick={() => layout.sortBy(id, null, true)}>
                {t('ui.grid.sortNone')}
              </Menu.Item>
            )}
            <Menu.Divider />
          </>
        )}
        {shown.pinned === null ? (
          <>
            <Menu.Item leftSection={<IconPinned size={14} />} onClick={() => layout.pin(id, 'start')}>
              {t('ui.grid.pinStart')}
            </Menu.Item>
            <Menu.Item leftSection={<IconPinned size={14} />} onClick={() => layout.pin(id, 'end')}>
              {t('ui.grid.pinEnd')}
            </Menu.Item>
          </>
        ) : (
          <Menu.Item leftSection={<IconPinnedOff size={14} />} onClick={() => layout.pin(id, null)}>
            {t('ui.grid.unpin')}
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconArrowLeft size={14} />} onClick={() => layout.moveBy(id, -1)}>
          {t('ui.grid.moveLeft')}
        </Menu.Item>
        <Menu.Item leftSection={<IconArrowRight size={14} />} onClick={() => layout.moveBy(id, 1)}>
          {t('ui.grid.moveRight')}
        </Menu.Item>
        <Menu.Item closeMenuOnClick={false} onClick={() => layout.resize(id, shown.width + 24)}>
          {t('ui.grid.wider')}
        </Menu.Item>
        <Menu.Item closeMenuOnClick={false} onClick={() => layout.resize(id, shown.width - 24)}>
          {t('ui.grid.narrower')}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item leftSection={<IconEyeOff size={14} />} onClick={() => layout.setVisible(id, false)}>
          {t('ui.grid.hide')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** The edge by which a column is made wider. While it is dragged only a variable changes; the width is kept at the end. */
function Resizer<T>({
  shown,
  layout,
}: {
  readonly shown: ShownColumn<T>
  readonly layout: GridModelCommands
}) {
  const start = (event: PointerEvent<HTMLDivElement>) => {
    event.preventDefault()
    event.stopPropagation()
    const handle = event.currentTarget
    const grid = handle.closest<HTMLElement>('[role="grid"]')
    const from = event.clientX
    let width = shown.width
    handle.setPointerCapture(event.pointerId)
    const move = (moved: globalThis.PointerEvent) => {
      const by = moved.clientX - from
      width = Math.max(48, shown.width + (shown.pinned === 'end' ? -by : by))
      grid?.style.setProperty(widthVariable(shown.column.id), `${width}px`)
    }
    handle.addEventListener('pointermove', move)
    handle.addEventListener(
      'pointerup',
      () => {
        handle.removeEventListener('pointermove', move)
        layout.resize(shown.column.id, width)
      },
      { once: true },
    )
  }
  return <div className={classes.resizer} aria-hidden="true" onPointerDown={start} />
}
