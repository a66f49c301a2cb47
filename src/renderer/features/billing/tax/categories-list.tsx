import { Select, TextInput } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { TaxSubject } from '#shared/contract/billing/tax.ts'
import { contract } from '#shared/contract/index.ts'
import { isCategory } from './typed.ts'

const { tax: leaf } = contract.billing
type Row = OutputOf<typeof leaf.categories>['categories'][number]

/** What is of another category than `standard`. */
export function CategoriesList() {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const query = useCoreQuery(leaf.categories, {})
  const { run } = useCommand(leaf.setCategory)
  const standard = useMemo(
    () =>
      defineAction<Row>('ui.billing.tax.makeStandard', {
        label: () => t('billing.tax.categories.standard'),
        key: 'x',
        icon: IconArrowBackUp,
        when: () => may(leaf.setCategory),
        run: async row => {
          const commandId = newCommandId()
          await run({ subject: subjectOf(row.subject), category: 'standard' }, commandId)
          said(t('billing.tax.categories.saved', { category: 'standard' }), commandId)
        },
      }),
    [t, may, run, said],
  )
  const columns = useMemo(
    () => [
      textColumn<Row>({
        ...{ id: 'name', header: t('billing.tax.categories.what'), width: 320, pin: 'start' },
        value: row => row.name,
      }),
      textColumn<Row>({
        ...{ id: 'subject', header: t('billing.tax.categories.subject'), width: 160 },
        value: row => t(`billing.tax.categories.${subjectOf(row.subject).kind}`),
      }),
      textColumn<Row>({
        ...{ id: 'category', header: t('billing.tax.category'), width: 180 },
        value: row => row.category,
      }),
    ],
    [t],
  )
  if (query.error) return <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState />
  const { categories } = query.data
  if (categories.length === 0)
    return (
      <EmptyState
        centred
        title={t('billing.tax.categories.none')}
        text={t('billing.tax.categories.noneText')}
      />
    )
  return (
    <DataGrid
      id="billing.tax.categories"
      label={t('billing.tax.tabs.categories')}
      columns={columns}
      rows={categories}
      rowKey={row => row.subject}
      selectable={false}
      rowActions={row => [bindAction(standard, row)]}
    />
  )
}

/** What a row is of, by the text that the core keeps. */
function subjectOf(text: string): TaxSubject {
  const [kind, id = '', ...key] = text.split('/')
  if (kind === 'metric') return { kind, metricId: id }
  if (kind === 'price') return { kind, planId: id, priceKey: key.join('/') }
  return { kind: 'one-off', oneOffId: id }
}

const KINDS = ['metric', 'price'] as const

/** Says of a metric or a plan's price of what category it is. */
export function CategoryDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const { run } = useCommand(leaf.setCategory)
  const metrics = useCoreQuery(contract.billing.metric.list, {})
  const plans = useCoreQuery(contract.billing.plan.list, {})
  const [kind, setKind] = useState<(typeof KINDS)[number]>('price')
  const [id, setId] = useState<string | null>(null)
  const [priceKey, setPriceKey] = useState<string | null>(null)
  const [category, setCategory] = useState('')
  const plan = plans.data?.plans.find(one => one.id === id)
  const prices = useCoreQuery(contract.billing.plan.get, { planId: plan?.id ?? '' }, { enabled: !!plan })
  const keys = new Map(
    (prices.data?.versions ?? []).flatMap(version => version.prices.map(one => [one.key, one.name] as const)),
  )
  const subject: TaxSubject | null =
    id === null
      ? null
      : kind === 'metric'
        ? { kind, metricId: id }
        : priceKey === null
          ? null
          : { kind, planId: id, priceKey }
  const choices = kind === 'metric' ? metrics.data?.metrics : plans.data?.plans
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.tax.categories.setTitle')}
      submit={t('billing.tax.save')}
      ready={subject !== null && isCategory(category)}
      onSubmit={async () => {
        if (!subject) return
        const commandId = newCommandId()
        await run({ subject, category }, commandId)
        said(t('billing.tax.categories.saved', { category }), commandId)
      }}
    >
      <Select
        data-autofocus
        label={t('billing.tax.categories.what')}
        allowDeselect={false}
        data={KINDS.map(value => ({ value, label: t(`billing.tax.categories.${value}`) }))}
        value={kind}
        onChange={value => {
          setKind(value as typeof kind)
          setId(null)
          setPriceKey(null)
        }}
      />
      <Select
        label={t(kind === 'metric' ? 'billing.tax.categories.metric' : 'billing.tax.categories.plan')}
        searchable
        data={(choices ?? []).map(one => ({ value: one.id, label: one.name }))}
        value={id}
        onChange={value => {
          setId(value)
          setPriceKey(null)
        }}
      />
      {kind === 'price' ? (
        <Select
          label={t('billing.tax.categories.price')}
          searchable
          data={[...keys].map(([value, label]) => ({ value, label }))}
          value={priceKey}
          onChange={setPriceKey}
        />
      ) : null}
      <TextInput
        label={t('billing.tax.category')}
        description={t('billing.tax.categoryHint')}
        maxLength={40}
        value={category}
        error={category === '' || isCategory(category) ? undefined : t('billing.tax.badCategory')}
        onChange={event => setCategory(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
