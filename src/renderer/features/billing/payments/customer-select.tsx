import { Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { contract } from '#shared/contract/index.ts'

const SHOWN = 50
const SETTLE = 150

/** Finds a customer by some letters of the name. */
export function CustomerSelect({
  value,
  label,
  onChange,
  autoFocus = false,
}: {
  readonly value: { readonly id: string; readonly name: string } | null
  readonly label: string
  readonly onChange: (customer: { id: string; name: string; currency: string }) => void
  readonly autoFocus?: boolean
}) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(value?.name ?? '')
  const [asked] = useDebouncedValue(typed === value?.name ? '' : typed, SETTLE)
  const found = useCoreQuery(contract.billing.customer.list, { search: asked, limit: SHOWN })
  const customers = found.data?.customers ?? []
  const known = new Map(customers.map(customer => [customer.id, customer]))
  const data = customers.map(customer => ({ value: customer.id, label: customer.name }))
  if (value && !known.has(value.id)) data.unshift({ value: value.id, label: value.name })
  return (
    <Select
      {...(autoFocus ? { 'data-autofocus': true } : {})}
      label={label}
      placeholder={t('billing.payments.findCustomer')}
      searchable
      openOnFocus={false}
      allowDeselect={false}
      filter={({ options }) => options}
      nothingFoundMessage={t('billing.payments.noCustomer')}
      data={data}
      value={value?.id ?? null}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={id => {
        const customer = id === null ? undefined : known.get(id)
        if (customer) onChange({ id: customer.id, name: customer.name, currency: customer.currency })
      }}
    />
  )
}
