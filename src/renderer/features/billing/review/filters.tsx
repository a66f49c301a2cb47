import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSession } from '#renderer/app/shell/session.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { FilterEditor } from '#renderer/ui/input/filter-editor.tsx'
import { type FilterClause, FilterSentence } from '#renderer/ui/input/filter-sentence.tsx'
import { InvoiceState, invoices as leaf } from '#shared/contract/billing/invoices.ts'
import { NO_FILTER, type ReviewState } from './address.ts'

const FIELDS = ['state', 'doubts', 'plan', 'currency', 'assignee', 'customer'] as const
type Field = (typeof FIELDS)[number]
/** Of a customer one comes here by a link; nobody chooses among thousands in a menu. */
const CHOSEN = FIELDS.filter(field => field !== 'customer')

/** The filters of the review as a sentence: `Invoices of Oct 2026 where state is draft and assignee is me`. */
export function ReviewFilters(props: {
  readonly month: string
  readonly state: ReviewState
  /** What the invoices of the month have. */
  readonly plans: readonly string[]
  readonly currencies: readonly string[]
  readonly change: (part: Partial<ReviewState>) => void
}) {
  const { month, state, change } = props
  const { t } = useTranslation()
  const format = useFormat()
  const { people } = useSession()
  const one = useCoreQuery(
    leaf.list,
    { filter: { customerId: state.customerId ?? '', search: '' }, limit: 1 },
    { enabled: state.customerId !== null },
  )
  const values: Record<Field, readonly string[]> = {
    state: state.states,
    doubts: state.doubts === null ? [] : [state.doubts],
    plan: state.plans,
    currency: state.currencies,
    assignee: state.assignee === null ? [] : [state.assignee],
    customer: state.customerId === null ? [] : [state.customerId],
  }
  const word = (field: Field, value: string): string => {
    if (field === 'state') return t(`billing.review.state.${value as InvoiceState}`).toLowerCase()
    if (field === 'doubts') return t(`billing.review.filter.${value as 'doubtful' | 'clean'}`).toLowerCase()
    if (field === 'plan' || field === 'currency') return value
    if (field === 'customer') return one.data?.invoices[0]?.customer ?? '…'
    return value === 'me'
      ? t('billing.review.filter.me').toLowerCase()
      : (people.find(person => person.id === value)?.name ?? '–')
  }
  const put = (field: Field, chosen: readonly string[]): Partial<ReviewState> => {
    if (field === 'state') return { states: InvoiceState.options.filter(option => chosen.includes(option)) }
    if (field === 'doubts')
      return { doubts: chosen.length === 1 ? (chosen[0] as 'doubtful' | 'clean') : null }
    if (field === 'plan') return { plans: chosen }
    if (field === 'currency') return { currencies: chosen }
    if (field === 'customer') return { customerId: null }
    return { assignee: chosen.at(-1) ?? null }
  }
  const fields = CHOSEN.map(value => ({
    value,
    label: t(`billing.review.filter.${value}`),
  }))
  const clauses = FIELDS.filter(field => values[field].length > 0).map(
    (field): FilterClause => ({
      id: field,
      field: t(`billing.review.filter.${field}`).toLowerCase(),
      operator: t(values[field].length > 1 ? 'ui.filter.isOneOf' : 'ui.filter.is'),
      values: values[field].map(value => word(field, value)),
    }),
  )
  const useValues = (field: string, search: string) => {
    const all =
      field === 'state'
        ? InvoiceState.options.map(value => ({ value, label: t(`billing.review.state.${value}`) }))
        : field === 'doubts'
          ? (['doubtful', 'clean'] as const).map(value => ({
              value,
              label: t(`billing.review.filter.${value}`),
            }))
          : field === 'plan' || field === 'currency'
            ? (field === 'plan' ? props.plans : props.currencies).map(value => ({ value, label: value }))
            : [
                { value: 'me', label: t('billing.review.filter.me') },
                ...people.filter(({ active }) => active).map(({ id, name }) => ({ value: id, label: name })),
              ]
    const text = search.trim().toLowerCase()
    return { values: all.filter(({ label }) => label.toLowerCase().includes(text)), loading: false }
  }
  return (
    <FilterSentence
      subject={t('billing.review.filter.subject', { month: format.month(month) })}
      clauses={clauses}
      onRemove={id => change(put(id as Field, []))}
      onClear={() => change(NO_FILTER)}
      editor={(id, close) => (
        <FilterEditor
          fields={fields}
          operators={[{ value: 'is', label: t('ui.filter.is'), takes: 'list' }]}
          initial={{
            field: id === null || id === 'customer' ? 'state' : id,
            operator: 'is',
            values: id === null || id === 'customer' ? [] : values[id as Field],
          }}
          useValues={useValues}
          onApply={({ field, values: chosen }) => {
            change(put(field as Field, chosen))
            close()
          }}
          onCancel={close}
        />
      )}
    />
  )
}
