import { Button, Checkbox, Select, TextInput } from '@mantine/core'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './input.module.css'

export interface Option {
  readonly value: string
  readonly label: string
}

/** A condition as it is edited. */
export interface EditedClause {
  readonly field: string
  readonly operator: string
  readonly values: readonly string[]
}

export interface FilterEditorProps {
  readonly fields: readonly Option[]
  readonly operators: readonly (Option & {
    /** Whether it takes values from a list, one typed text, or none. */
    readonly takes: 'list' | 'text' | 'nothing'
  })[]
  readonly initial: EditedClause
  /** The values that can be chosen for a field, found by what was typed. A hook, called at each draw. */
  readonly useValues: (
    field: string,
    search: string,
  ) => { readonly values: readonly Option[]; readonly loading: boolean }
  readonly onApply: (clause: EditedClause) => void
  readonly onCancel: () => void
}

/** The form for one condition: field, operator, values. */
export function FilterEditor({
  fields,
  operators,
  initial,
  useValues,
  onApply,
  onCancel,
}: FilterEditorProps) {
  const { t } = useTranslation()
  const [clause, setClause] = useState(initial)
  const [search, setSearch] = useState('')
  const { values, loading } = useValues(clause.field, search)
  const takes = operators.find(operator => operator.value === clause.operator)?.takes ?? 'list'
  const chosenElsewhere = clause.values.filter(value => !values.some(option => option.value === value))
  const listed = [...chosenElsewhere.map(value => ({ value, label: value })), ...values]
  const complete = takes === 'nothing' || clause.values.some(value => value !== '')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (complete) onApply(takes === 'nothing' ? { ...clause, values: [] } : clause)
  }
  return (
    <form className={classes.editor} onSubmit={submit}>
      <div className={classes.editorRow}>
        <Select
          label={t('ui.filter.field')}
          data-autofocus
          searchable
          data={fields.map(field => ({ ...field }))}
          value={clause.field}
          comboboxProps={{ withinPortal: false }}
          onChange={field => field && setClause({ ...clause, field, values: [] })}
        />
        <Select
          label={t('ui.filter.operator')}
          data={operators.map(({ value, label }) => ({ value, label }))}
          value={clause.operator}
          comboboxProps={{ withinPortal: false }}
          onChange={operator => operator && setClause({ ...clause, operator })}
        />
      </div>
      {takes === 'text' ? (
        <TextInput
          label={t('ui.filter.values')}
          value={clause.values[0] ?? ''}
          onChange={event => setClause({ ...clause, values: [event.currentTarget.value] })}
        />
      ) : null}
      {takes === 'list' ? (
        <>
          <TextInput
            label={t('ui.filter.findValue')}
            value={search}
            onChange={event => setSearch(event.currentTarget.value)}
          />
          {/* biome-ignore lint/a11y/useSemanticElements: a list of check boxes that scrolls */}
          <div
            className={classes.options}
            role="group"
            aria-label={t('ui.filter.values')}
            aria-busy={loading}
          >
            {listed.map(option => (
              <Checkbox
                key={option.value}
                label={option.label === '' ? t('ui.none') : option.label}
                checked={clause.values.includes(option.value)}
                onChange={event =>
                  setClause({
                    ...clause,
                    values: event.currentTarget.checked
                      ? [...clause.values, option.value]
                      : clause.values.filter(value => value !== option.value),
                  })
                }
              />
            ))}
            {listed.length === 0 && !loading ? (
              <span className={classes.word}>{t('ui.filter.noValues')}</span>
            ) : null}
          </div>
        </>
      ) : null}
      <div className={classes.editorButtons}>
        <Button onClick={onCancel}>{t('ui.cancel')}</Button>
        <Button type="submit" variant="filled" disabled={!complete}>
          {t('ui.filter.apply')}
        </Button>
      </div>
    </form>
  )
}
