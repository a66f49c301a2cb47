import { Button, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { FilterEditor } from '#renderer/ui/input/filter-editor.tsx'
import { type FilterClause, FilterSentence } from '#renderer/ui/input/filter-sentence.tsx'
import { finops } from '#shared/contract/finops.ts'
import { Dimension, Filter, Measure } from '#shared/contract/finops-costs.ts'
import classes from './explorer.module.css'
import { useDimensionOptions } from './toolbar.tsx'
import type { ExplorerWords } from './words.ts'

interface ExplorerFiltersProps {
  readonly subject: string
  readonly filters: readonly Filter[]
  readonly onChange: (filters: readonly Filter[]) => void
  readonly words: ExplorerWords
}

/** The filters of the explorer as a sentence, and the form for each. */
export function ExplorerFilters({ subject, filters, onChange, words }: ExplorerFiltersProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const dimensions = useDimensionOptions(words)
  const [amount, setAmount] = useState(false)

  const clause = (filter: Filter, index: number): FilterClause => {
    if ('measure' in filter) {
      const min = filter.min === null ? '' : format.decimal(filter.min)
      const max = filter.max === null ? '' : format.decimal(filter.max)
      const words =
        filter.min === null
          ? t('finops.filter.amountTo', { max })
          : filter.max === null
            ? t('finops.filter.amountFrom', { min })
            : t('finops.filter.amountBetween', { min, max })
      return { id: String(index), field: t(`finops.measure.${filter.measure}`), operator: words, values: [] }
    }
    const several = 'values' in filter && filter.values.length > 1
    const operator = {
      is: several ? t('ui.filter.isOneOf') : t('ui.filter.is'),
      'is-not': several ? t('ui.filter.isNoneOf') : t('ui.filter.isNot'),
      contains: t('ui.filter.contains'),
      'is-empty': t('ui.filter.isEmpty'),
      'is-not-empty': t('ui.filter.isNotEmpty'),
    }[filter.op]
    const values = 'values' in filter ? filter.values : []
    return { id: String(index), field: words.dimension(filter.dimension), operator, values }
  }

  const put = (id: string | null, filter: Filter) => {
    setAmount(false)
    onChange(
      id === null ? [...filters, filter] : filters.map((one, index) => (String(index) === id ? filter : one)),
    )
  }

  const editor = (id: string | null, close: () => void) => {
    const edited = id === null ? undefined : filters[Number(id)]
    const done = (filter: Filter) => {
      put(id, filter)
      close()
    }
    const cancel = () => {
      setAmount(false)
      close()
    }
    if (amount || (edited && 'measure' in edited)) {
      return (
        <AmountEditor
          initial={edited && 'measure' in edited ? edited : { measure: 'effective', min: null, max: null }}
          onApply={done}
          onCancel={cancel}
        />
      )
    }
    const first = dimensions[0]?.items[0]?.value ?? 'service'
    return (
      <>
        <FilterEditor
          fields={dimensions.flatMap(group => group.items)}
          operators={[
            { value: 'is', label: t('ui.filter.is'), takes: 'list' },
            { value: 'is-not', label: t('ui.filter.isNot'), takes: 'list' },
            { value: 'contains', label: t('ui.filter.contains'), takes: 'text' },
            { value: 'is-empty', label: t('ui.filter.isEmpty'), takes: 'nothing' },
            { value: 'is-not-empty', label: t('ui.filter.isNotEmpty'), takes: 'nothing' },
          ]}
          initial={
            edited && 'dimension' in edited
              ? {
                  field: edited.dimension,
                  operator: edited.op,
                  values: 'values' in edited ? edited.values : [],
                }
              : { field: first, operator: 'is', values: [] }
          }
          useValues={useDimensionValues}
          onApply={({ field, operator, values }) => {
            const parsed = Filter.safeParse(
              operator.endsWith('empty')
                ? { dimension: field, op: operator }
                : { dimension: field, op: operator, values: values.filter(value => value !== '') },
            )
            if (parsed.success) done(parsed.data)
          }}
          onCancel={cancel}
        />
        {id === null ? (
          <Button size="compact-sm" variant="subtle" mt={8} onClick={() => setAmount(true)}>
            {t('finops.filter.byAmount')}
          </Button>
        ) : null}
      </>
    )
  }

  return (
    <FilterSentence
      subject={subject}
      clauses={filters.map(clause)}
      onRemove={id => onChange(filters.filter((_, index) => String(index) !== id))}
      onClear={() => onChange([])}
      editor={editor}
    />
  )
}

/** The values of a dimension that can be chosen, the ones with most lines first. */
function useDimensionValues(field: string, search: string) {
  const { t } = useTranslation()
  const format = useFormat()
  const dimension = Dimension.parse(field)
  const { data, isPending } = useCoreQuery(finops.costs.values, {
    dimension,
    search,
    limit: 100,
  })
  const values = (data?.values ?? []).flatMap(({ value, lines }) =>
    value === null
      ? []
      : [{ value, label: `${value} – ${t('finops.filter.linesOf', { formatted: format.integer(lines) })}` }],
  )
  return { values, loading: isPending }
}

type AmountFilter = Extract<Filter, { measure: unknown }>

/** The form for a condition on amounts of single lines. */
function AmountEditor(props: {
  readonly initial: AmountFilter
  readonly onApply: (filter: Filter) => void
  readonly onCancel: () => void
}) {
  const { t } = useTranslation()
  const [edited, setEdited] = useState(props.initial)
  const text = (value: string) => (value.trim() === '' ? null : value.trim())
  const parsed = Filter.safeParse(edited)
  const complete = parsed.success && (edited.min !== null || edited.max !== null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (complete) props.onApply(parsed.data)
  }
  return (
    <form className={classes.amountEditor} onSubmit={submit}>
      <Select
        label={t('finops.explorer.measure')}
        data-autofocus
        data={Measure.options.map(value => ({ value, label: t(`finops.measure.${value}`) }))}
        value={edited.measure}
        allowDeselect={false}
        comboboxProps={{ withinPortal: false }}
        onChange={value => value && setEdited({ ...edited, measure: value as AmountFilter['measure'] })}
      />
      <TextInput
        label={t('finops.filter.min')}
        value={edited.min ?? ''}
        onChange={event => setEdited({ ...edited, min: text(event.currentTarget.value) })}
      />
      <TextInput
        label={t('finops.filter.max')}
        value={edited.max ?? ''}
        error={parsed.success ? null : t('finops.filter.badAmount')}
        onChange={event => setEdited({ ...edited, max: text(event.currentTarget.value) })}
      />
      <div className={classes.amountButtons}>
        <Button onClick={props.onCancel}>{t('ui.cancel')}</Button>
        <Button type="submit" variant="filled" disabled={!complete}>
          {t('ui.filter.apply')}
        </Button>
      </div>
    </form>
  )
}
