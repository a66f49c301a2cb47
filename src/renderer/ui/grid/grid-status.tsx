import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useErrorWords } from '#renderer/ui/page/error-words.ts'
import { cellText, type GridColumn } from './columns.tsx'
import classes from './grid.module.css'

/** Below a grid: the exact value of the cell that has the focus, and what went wrong while more rows came. */
export function GridStatus<T>(props: {
  readonly column: GridColumn<T> | undefined
  readonly row: T | undefined
  readonly error: unknown
  readonly onRetry: () => void
}) {
  const { t } = useTranslation()
  const words = useErrorWords(props.error)
  const { column, row } = props
  return (
    <div className={classes.status}>
      {props.error ? (
        <span role="alert">
          {words.text}{' '}
          <Button size="compact-xs" onClick={props.onRetry}>
            {t('ui.retry')}
          </Button>
        </span>
      ) : null}
      {row !== undefined && column ? (
        <span className={classes.statusValue}>
          {column.header} <b>{cellText(column, row)}</b>
        </span>
      ) : null}
    </div>
  )
}
