import { ActionIcon, Button, Checkbox, Menu, Popover } from '@mantine/core'
import {
  IconArrowDown,
  IconArrowUp,
  IconColumns3,
  IconDownload,
  IconFilter,
  IconFilterOff,
  IconPinned,
  IconPinnedFilled,
} from '@tabler/icons-react'
import { memo, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import classes from './grid.module.css'
import { type GridSearch, GridSearchBox } from './grid-search.tsx'
import type { GridModel } from './use-grid-model.ts'

export interface GridToolbarProps<T> {
  readonly model: GridModel<T>
  readonly start: ReactNode
  readonly search: GridSearch | undefined
  readonly onLeaveSearch: () => void
  readonly count: number | null
  readonly selected: number
  readonly onClearSelection: () => void
  readonly showFilters: boolean
  readonly onShowFilters: (show: boolean) => void
  readonly onClearFilters: () => void
  readonly onExport: (format: 'csv' | 'xlsx', selectedOnly: boolean) => void
  readonly formats: readonly ('csv' | 'xlsx')[]
}

function GridToolbarOf<T>(props: GridToolbarProps<T>) {
  const { t } = useTranslation()
  const format = useFormat()
  const filtered = Object.keys(props.model.filters).length > 0
  return (
    <div className={classes.toolbar}>
      <div className={classes.toolbarStart}>
        {props.search ? <GridSearchBox search={props.search} onLeave={props.onLeaveSearch} /> : null}
        {props.start}
        {props.count === null ? null : (
          <span>{t('ui.grid.rows', { count: props.count, formatted: format.integer(props.count) })}</span>
        )}
        {props.selected > 0 ? (
          <>
            <span>
              {t('ui.grid.selected', { count: props.selected, formatted: format.integer(props.selected) })}
            </span>
            <Button size="compact-xs" variant="subtle" onClick={props.onClearSelection}>
              {t('ui.grid.clearSelection')}
            </Button>
          </>
        ) : null}
      </div>
      <div className={classes.toolbarEnd}>
        {filtered ? (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconFilterOff size={14} aria-hidden="true" />}
            onClick={props.onClearFilters}
          >
            {t('ui.grid.clearFilters')}
          </Button>
        ) : null}
        {props.model.all.some(({ column }) => column.filter !== undefined) ? (
          <Button
            size="compact-sm"
            variant={props.showFilters ? 'light' : 'subtle'}
            color={props.showFilters ? 'teal' : 'gray'}
            aria-pressed={props.showFilters}
            leftSection={<IconFilter size={14} aria-hidden="true" />}
            onClick={() => props.onShowFilters(!props.showFilters)}
          >
            {t('ui.grid.filters')}
          </Button>
        ) : null}
        <ColumnChooser model={props.model} />
        {props.formats.length > 0 ? <ExportMenu {...props} /> : null}
      </div>
    </div>
  )
}

/** What is above a grid: how many rows, filters, columns, export. */
export const GridToolbar = memo(GridToolbarOf) as typeof GridToolbarOf

function ExportMenu<T>({ onExport, formats, selected }: GridToolbarProps<T>) {
  const { t } = useTranslation()
  const words = { csv: t('ui.grid.exportCsv'), xlsx: t('ui.grid.exportXlsx') } as const
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconDownload size={14} aria-hidden="true" />}
        >
          {t('ui.grid.export')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {formats.map(format => (
          <Menu.Item key={format} onClick={() => onExport(format, false)}>
            {words[format]}
          </Menu.Item>
        ))}
        {selected > 0 ? (
          <>
            <Menu.Label>{t('ui.grid.exportSelected')}</Menu.Label>
            {formats.map(format => (
              <Menu.Item key={format} onClick={() => onExport(format, true)}>
                {words[format]}
              </Menu.Item>
            ))}
          </>
        ) : null}
      </Menu.Dropdown>
    </Menu>
  )
}

function ColumnChooser<T>({ model }: { readonly model: GridModel<T> }) {
  const { t } = useTranslation()
  const { all, layout } = model
  const visible = all.filter(entry => entry.visible).length
  return (
    <Popover position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          title={t('ui.grid.columnsKey')}
          leftSection={<IconColumns3 size={14} aria-hidden="true" />}
        >
          {t('ui.grid.columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown onKeyDown={event => event.key !== 'Escape' && event.stopPropagation()}>
        <div className={classes.chooser}>
          <ul className={classes.chooserList}>
            {all.map(({ column, visible: shown, pinned }, i) => (
              <li key={column.id} className={classes.chooserRow}>
                <Checkbox
                  label={column.header}
                  checked={shown}
                  disabled={shown && visible === 1}
                  onChange={event => layout.setVisible(column.id, event.currentTarget.checked)}
                />
                <ActionIcon
                  size="sm"
                  aria-label={`${pinned ? t('ui.grid.unpin') : t('ui.grid.pinStart')}: ${column.header}`}
                  aria-pressed={pinned !== null}
                  onClick={() => layout.pin(column.id, pinned ? null : 'start')}
                >
                  {pinned ? <IconPinnedFilled size={14} /> : <IconPinned size={14} />}
                </ActionIcon>
                <ActionIcon
                  size="sm"
                  disabled={i === 0}
                  aria-label={`${t('ui.grid.moveLeft')}: ${column.header}`}
                  onClick={() => layout.moveBy(column.id, -1)}
                >
                  <IconArrowUp size={14} />
                </ActionIcon>
                <ActionIcon
                  size="sm"
                  disabled={i === all.length - 1}
                  aria-label={`${t('ui.grid.moveRight')}: ${column.header}`}
                  onClick={() => layout.moveBy(column.id, 1)}
                >
                  <IconArrowDown size={14} />
                </ActionIcon>
              </li>
            ))}
          </ul>
          <Button mt="xs" size="compact-sm" onClick={() => layout.reset()}>
            {t('ui.grid.resetColumns')}
          </Button>
        </div>
      </Popover.Dropdown>
    </Popover>
  )
}
