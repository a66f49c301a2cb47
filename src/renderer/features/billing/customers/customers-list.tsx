import { IconFileImport, IconPencil, IconUserPlus } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { ask, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { moneyColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import type { PagedSource } from '#renderer/ui/grid/grid-source.ts'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { CUSTOMERS_PATH } from '../paths.ts'
import { shortInstant } from '../subscriptions/timeline.tsx'
import { type CustomerRow, useStates } from '../words.ts'
import { filterOf, sortOf } from './arrangement.ts'
import { CustomerDialog } from './customer-dialog.tsx'
import { inBooks, type ListedCustomer, worthText } from './in-books.ts'

const { customer } = contract.billing

/** Whom we bill: on which plan, in which state, and how far they are billed. */
export function CustomersList() {
  const { t } = useTranslation()
  const core = useCore()
  const go = useGo()
  const may = useMay()
  const states = useStates()
  const { dateStyle, day } = useFormat()
  const search = useListSearch(null)
  const { asked } = search
  const [edited, setEdited] = useState<CustomerRow | 'new' | null>(null)
  const counted = useCoreQuery(customer.list, { search: asked, limit: 1 })
  const count = counted.data?.count
  const source = useMemo<PagedSource<ListedCustomer>>(
    () => ({
      queryKey: ['billing.customer.list', { search: asked }],
      async fetchPage({ offset, limit, sort, filters, signal }) {
        const input = { search: asked, filter: filterOf(filters), ...sortOf(sort), offset, limit }
        const page = await ask(core, customer.list, input, signal)
        return { rows: await inBooks(core, page.customers), total: page.count }
      },
    }),
    [core, asked],
  )
  const actions = useMemo(
    () => ({
      add: defineAction(customer.create, {
        label: () => t('billing.customers.add'),
        key: 'n',
        icon: IconUserPlus,
        when: () => may(customer.create),
        run: () => setEdited('new'),
      }),
      bring: defineAction(customer.import, {
        label: () => t('billing.customers.import'),
        key: 'i',
        icon: IconFileImport,
        when: () => may(customer.import),
        run: () => go(`${CUSTOMERS_PATH}?import=1`),
      }),
      edit: defineAction<CustomerRow>(customer.edit, {
        label: () => t('billing.customers.edit'),
        key: 'e',
        icon: IconPencil,
        when: () => may(customer.edit),
        run: setEdited,
      }),
    }),
    [t, may, go],
  )
  useActions([bindAction(actions.add, undefined), bindAction(actions.bring, undefined)])
  const rowActions = useCallback((row: CustomerRow) => [bindAction(actions.edit, row)], [actions])
  const columns = useMemo(
    () => [
      textColumn<ListedCustomer>({
        ...{ id: 'name', header: t('billing.customers.name'), width: 240, pin: 'start' },
        value: row => row.name,
      }),
      textColumn<ListedCustomer>({
        ...{ id: 'plan', header: t('billing.customers.plan'), width: 180 },
        value: row => row.plan,
      }),
      statusColumn<ListedCustomer>({
        ...{ id: 'state', header: t('billing.customers.state'), width: 150 },
        value: row => row.state ?? 'none',
        states,
      }),
      textColumn<ListedCustomer>({
        ...{ id: 'currency', header: t('billing.customers.currency'), width: 90 },
        value: row => row.currency,
      }),
      moneyColumn<ListedCustomer>({
        ...{ id: 'lastTotal', header: t('billing.customers.lastTotal'), alignPlaces: 3, ...SORTED_ONLY },
        value: row => row.lastTotal,
        currency: row => row.currency,
      }),
      moneyColumn<ListedCustomer>({
        ...{ id: 'lastWorth', header: t('billing.customers.lastWorth'), alignPlaces: 3, ...SORTED_ONLY },
        hint: t('billing.customers.lastWorthHint'),
        value: row => row.worth?.amount ?? null,
        currency: row => row.worth?.currency ?? row.currency,
      }),
      textColumn<ListedCustomer>({
        ...{ id: 'worthBy', header: t('billing.customers.worthBy'), width: 340, ...SORTED_ONLY },
        value: row => worthText(row.worth, t, day),
        hidden: true,
      }),
      textColumn<ListedCustomer>({
        ...{ id: 'closedUntil', header: t('billing.customers.closedUntil'), width: 120, ...SORTED_ONLY },
        // A month ends when it does for the customer.
        value: row => (row.closedUntil === null ? null : shortInstant(row.closedUntil, row.zone, dateStyle)),
      }),
      textColumn<ListedCustomer>({
        ...{ id: 'key', header: t('billing.customers.key'), width: 160 },
        value: row => row.key,
      }),
      textColumn<ListedCustomer>({
        ...{ id: 'country', header: t('billing.customers.country'), width: 80 },
        value: row => row.country,
      }),
      textColumn<ListedCustomer>({
        ...{ id: 'zone', header: t('billing.customers.zone'), width: 160, hidden: true },
        value: row => row.zone,
      }),
      textColumn<ListedCustomer>({
        ...{ id: 'email', header: t('billing.customers.email'), width: 220, hidden: true },
        value: row => row.email,
      }),
    ],
    [t, states, dateStyle, day],
  )
  const nothing = count === 0 && asked === ''
  return (
    <Page
      title={t('billing.screen.customers')}
      subtitle={
        count === undefined
          ? undefined
          : t(asked === '' ? 'billing.customers.count' : 'billing.customers.found', { count })
      }
      actions={
        nothing ? undefined : (
          <>
            <ActionButton action={actions.bring} context={undefined} />
            <ActionButton action={actions.add} context={undefined} primary />
          </>
        )
      }
      fill
    >
      {nothing ? (
        <EmptyState
          centred
          title={t('billing.customers.none')}
          text={t('billing.customers.noneText')}
          actions={
            <>
              <ActionButton action={actions.add} context={undefined} primary />
              <ActionButton action={actions.bring} context={undefined} />
            </>
          }
        />
      ) : (
        <DataGrid
          id="billing.customers"
          label={t('billing.screen.customers')}
          columns={columns}
          source={source}
          rowKey={row => row.id}
          search={search}
          selectable={false}
          rowActions={rowActions}
          onOpen={row => go(`${CUSTOMERS_PATH}?customer=${row.id}`)}
        />
      )}
      {edited ? (
        <CustomerDialog
          customerId={edited === 'new' ? null : edited.id}
          onClose={() => setEdited(null)}
          onAdded={id => go(`${CUSTOMERS_PATH}?customer=${id}`)}
        />
      ) : null}
    </Page>
  )
}

/** These are read as they are shown, and narrowed by nothing. */
const SORTED_ONLY = { filter: undefined } as const
