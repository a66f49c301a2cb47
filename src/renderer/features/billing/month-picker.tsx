import { ActionIcon, Select } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useActions } from '#renderer/ui/actions/use-actions.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import classes from './billing.module.css'
import { monthAfter } from './month.ts'

/** Which month a page is about. `[` and `]` go to the one before and after. */
export function MonthPicker(props: {
  readonly month: string
  readonly onMonth: (month: string) => void
  /** Months that can be chosen, the newest first, with what is said beside them. */
  readonly months: readonly { readonly month: string; readonly note?: string | undefined }[]
}) {
  const { month, onMonth, months } = props
  const { t } = useTranslation()
  const format = useFormat()
  const [before, after] = [t('billing.review.previousMonth'), t('billing.review.nextMonth')]
  useActions(
    useMemo(
      () =>
        [
          { id: 'previous', label: before, key: '[', by: -1 },
          { id: 'next', label: after, key: ']', by: 1 },
        ].map(({ id, label, key, by }) =>
          bindAction(
            defineAction(`ui.billing.month.${id}`, {
              label: () => label,
              key,
              run: () => onMonth(monthAfter(month, by)),
            }),
            undefined,
          ),
        ),
      [before, after, month, onMonth],
    ),
  )
  const listed = months.some(one => one.month === month) ? months : [{ month }, ...months]
  return (
    <span className={classes.month}>
      <ActionIcon
        aria-label={before}
        title={`${before} ([)`}
        aria-keyshortcuts="["
        onClick={() => onMonth(monthAfter(month, -1))}
      >
        <IconChevronLeft size={16} />
      </ActionIcon>
      <Select
        aria-label={t('billing.review.month')}
        value={month}
        allowDeselect={false}
        searchable
        comboboxProps={{ width: 220, position: 'bottom-start' }}
        data={listed.map(one => ({
          value: one.month,
          label: format.month(one.month),
        }))}
        renderOption={({ option }) => {
          const note = months.find(one => one.month === option.value)?.note
          return (
            <span className={classes.option}>
              {option.label}
              {note ? <span>{note}</span> : null}
            </span>
          )
        }}
        onChange={value => value && onMonth(value)}
      />
      <ActionIcon
        aria-label={after}
        title={`${after} (])`}
        aria-keyshortcuts="]"
        onClick={() => onMonth(monthAfter(month, 1))}
      >
        <IconChevronRight size={16} />
      </ActionIcon>
    </span>
  )
}
