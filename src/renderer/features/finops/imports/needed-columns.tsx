import { Alert, Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { InputOf, OutputOf } from '#renderer/app/core/hooks.ts'
import type { finops } from '#shared/contract/finops.ts'
import classes from './imports.module.css'

type Reading = NonNullable<InputOf<typeof finops.imports.inspect>['reading']>

/** Which columns of the file are those without which nothing can come in: chosen, it is read again. */
export function NeededColumns(props: {
  readonly inspection: OutputOf<typeof finops.imports.inspect>
  readonly reading: Reading
  readonly onReading: (reading: Reading) => void
}) {
  const { inspection, reading, onReading } = props
  const { t } = useTranslation()
  const chosen = Object.keys(reading.columns ?? {})
  const shown = [...new Set([...inspection.needed, ...chosen])]
  if (shown.length === 0) return null
  const sources = [...new Set(inspection.columns.map(column => column.source))]
  const choose = (target: string, source: string | null) => {
    const { [target]: _, ...others } = reading.columns ?? {}
    onReading({ ...reading, columns: source === null ? others : { ...others, [target]: source } })
  }
  const open = inspection.needed.length > 0
  return (
    <Alert
      mb="sm"
      color={open ? 'red' : 'gray'}
      title={open ? t('finops.imports.preview.neededTitle') : null}
    >
      {open ? t('finops.imports.preview.needed', { columns: inspection.needed.join(', ') }) : null}
      <div className={classes.controls}>
        {shown.map(target => (
          <Select
            key={target}
            label={t('finops.imports.preview.columnFor', { column: target })}
            data={sources}
            value={reading.columns?.[target] ?? null}
            searchable
            clearable
            onChange={source => choose(target, source)}
          />
        ))}
        {inspection.needed.includes('BillingCurrency') ? (
          <TextInput
            label={t('finops.imports.preview.currencyFor')}
            maxLength={3}
            w={120}
            onChange={event => {
              const currency = event.currentTarget.value.toUpperCase()
              if (/^[A-Z]{3}$/.test(currency)) onReading({ ...reading, currency })
            }}
          />
        ) : null}
      </div>
    </Alert>
  )
}
