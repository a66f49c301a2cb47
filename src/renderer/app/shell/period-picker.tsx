import { Button, Menu, Popover } from '@mantine/core'
import { IconCalendar, IconCheck, IconChevronDown } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { PERIOD_PRESETS } from '#renderer/state/filters.ts'
import { addDays, isDay } from '#renderer/ui/format/period.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { usePeriod } from '../period.ts'
import classes from './shell.module.css'

/** The period of every dashboard: a usual one, or from one day to another. */
export function PeriodPicker({
  opened,
  onChange,
}: {
  readonly opened: boolean
  readonly onChange: (opened: boolean) => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { period, range, setPeriod } = usePeriod()
  const [custom, setCustom] = useState(false)
  const last = addDays(range.end, -1)
  const label =
    period.kind === 'preset'
      ? t(`shell.period.preset.${period.preset}`)
      : `${format.day(period.first)} – ${format.day(period.last)}`
  const close = () => {
    setCustom(false)
    onChange(false)
  }
  const button = (
    <Button
      leftSection={<IconCalendar size={16} stroke={1.75} aria-hidden="true" />}
      rightSection={<IconChevronDown size={14} aria-hidden="true" />}
      aria-label={`${t('shell.period.label')}: ${label}`}
      title={
        period.kind === 'preset' && period.preset !== 'all'
          ? `${format.day(range.start)} – ${format.day(last)}`
          : undefined
      }
      onClick={() => onChange(!opened)}
    >
      {label}
    </Button>
  )
  if (custom) {
    return (
      <Popover
        opened={opened}
        onChange={open => !open && close()}
        position="bottom-end"
        trapFocus
        returnFocus
      >
        <Popover.Target>{button}</Popover.Target>
        <Popover.Dropdown>
          <DaysForm
            first={range.start}
            last={last}
            onApply={(first, until) => {
              setPeriod({ kind: 'days', first, last: until })
              close()
            }}
          />
        </Popover.Dropdown>
      </Popover>
    )
  }
  return (
    <Menu opened={opened} onChange={onChange} position="bottom-end" width={240}>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>
        {PERIOD_PRESETS.map(preset => (
          <Menu.Item
            key={preset}
            rightSection={
              period.kind === 'preset' && period.preset === preset ? (
                <IconCheck size={14} aria-hidden="true" />
              ) : null
            }
            onClick={() => setPeriod({ kind: 'preset', preset })}
          >
            {t(`shell.period.preset.${preset}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item closeMenuOnClick={false} onClick={() => setCustom(true)}>
          {t('shell.period.custom')}
        </Menu.Item>
        <Menu.Label>{t('shell.period.note')}</Menu.Label>
      </Menu.Dropdown>
    </Menu>
  )
}

function DaysForm(props: {
  readonly first: string
  readonly last: string
  readonly onApply: (first: string, last: string) => void
}) {
  const { t } = useTranslation()
  const [first, setFirst] = useState(props.first)
  const [last, setLast] = useState(props.last)
  const problem =
    !isDay(first) || !isDay(last)
      ? t('shell.period.incomplete')
      : last < first
        ? t('shell.period.order')
        : null
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (problem === null) props.onApply(first, last)
  }
  return (
    <form className={classes.periodForm} onSubmit={submit}>
      <div className={classes.days}>
        <label htmlFor="period-first">{t('shell.period.from')}</label>
        <input
          id="period-first"
          type="date"
          data-autofocus
          value={first}
          onChange={event => setFirst(event.currentTarget.value)}
        />
        <label htmlFor="period-last">{t('shell.period.to')}</label>
        <input
          id="period-last"
          type="date"
          value={last}
          onChange={event => setLast(event.currentTarget.value)}
        />
      </div>
      {problem ? (
        <div className={classes.problem} role="alert">
          {problem}
        </div>
      ) : null}
      <Button type="submit" variant="filled" disabled={problem !== null}>
        {t('shell.period.apply')}
      </Button>
    </form>
  )
}
