import { Select, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { InputOf, OutputOf } from '#renderer/app/core/hooks.ts'
import type { finops } from '#shared/contract/finops.ts'
import { currencies } from '#shared/currencies.ts'
import classes from './imports.module.css'

export type Reading = NonNullable<InputOf<typeof finops.imports.inspect>['reading']>
export type Inspection = OutputOf<typeof finops.imports.inspect>

interface ReadingControlsProps {
  readonly inspection: Inspection
  readonly reading: Reading
  readonly onReading: (reading: Reading) => void
}

/** How the file is read. What is not chosen is detected; choosing reads it again. */
export function ReadingControls({ inspection, reading, onReading }: ReadingControlsProps) {
  const { t } = useTranslation()
  const now = inspection.reading
  const set = (part: Partial<Reading>) => onReading({ ...reading, ...part })
  return (
    <div className={classes.controls}>
      <Select
        label={t('finops.imports.preview.mapping')}
        data={inspection.mappings.map(({ id, name }) => ({ value: id, label: name }))}
        value={now.mapping}
        allowDeselect={false}
        onChange={mapping => mapping && set({ mapping })}
      />
      <Select
        label={t('finops.imports.preview.delimiter')}
        data={[
          { value: ',', label: t('finops.imports.preview.comma') },
          { value: ';', label: t('finops.imports.preview.semicolon') },
          { value: '\t', label: t('finops.imports.preview.tab') },
          { value: '|', label: t('finops.imports.preview.pipe') },
        ]}
        value={now.delimiter}
        allowDeselect={false}
        w={140}
        onChange={value => value && set({ delimiter: value as NonNullable<Reading['delimiter']> })}
      />
      <Select
        label={t('finops.imports.preview.encoding')}
        data={['utf-8', 'utf-16le', 'utf-16be', 'windows-1252']}
        value={now.encoding}
        allowDeselect={false}
        w={150}
        onChange={value => value && set({ encoding: value as NonNullable<Reading['encoding']> })}
      />
      <Select
        label={t('finops.imports.preview.numbers')}
        data={(['plain', 'grouped', 'decimal-comma'] as const).map(value => ({
          value,
          label: t(`finops.imports.preview.numberStyle.${value}`),
        }))}
        value={now.numbers}
        allowDeselect={false}
        w={150}
        onChange={value => value && set({ numbers: value as NonNullable<Reading['numbers']> })}
      />
      <Select
        label={t('finops.imports.preview.dates')}
        data={(['iso', 'month-first', 'day-first'] as const).map(value => ({
          value,
          label: t(`finops.imports.preview.dateStyle.${value}`),
        }))}
        value={now.dates}
        allowDeselect={false}
        w={150}
        onChange={value => value && set({ dates: value as NonNullable<Reading['dates']> })}
      />
      {now.currency === null ? null : (
        <Select
          label={t('finops.imports.receipt.currency')}
          data={currencies.map(({ code, name }) => ({ value: code, label: `${code} ${name}` }))}
          value={now.currency}
          searchable
          allowDeselect={false}
          w={210}
          onChange={currency => currency && set({ currency })}
        />
      )}
      {now.source === null ? null : (
        <TextInput
          label={t('finops.imports.preview.source')}
          defaultValue={now.source}
          w={180}
          onBlur={event => {
            const source = event.currentTarget.value.trim()
            if (source !== '' && source !== now.source) set({ source })
          }}
        />
      )}
    </div>
  )
}
