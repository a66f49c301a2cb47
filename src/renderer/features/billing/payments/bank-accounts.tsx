import { Select, Switch, TextInput } from '@mantine/core'
import { IconPencil, IconPlus } from '@tabler/icons-react'
import { useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { newCommandId, type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { CURRENCY_OPTIONS } from '#renderer/features/workspace/choices.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { numberColumn, statusColumn, textColumn } from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'

const { bank } = contract.billing
const IBAN = /^[A-Z]{2}\d{2}[0-9A-Z]{11,30}$/
type Row = OutputOf<typeof bank.accounts>['accounts'][number]

/** The workspace's accounts: statements are read into them, direct debits are collected to them. */
export function BankAccounts() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const query = useCoreQuery(bank.accounts, undefined)
  const [edited, setEdited] = useState<Row | 'new' | null>(null)
  const actions = useMemo(
    () => ({
      add: defineAction(bank.addAccount, {
        label: () => t('billing.bank.addAccount'),
        key: 'shift+n',
        icon: IconPlus,
        when: () => may(bank.addAccount),
        run: () => setEdited('new'),
      }),
      edit: defineAction<Row>(bank.editAccount, {
        label: () => t('billing.bank.editAccount'),
        key: 'e',
        icon: IconPencil,
        when: () => may(bank.editAccount),
        run: setEdited,
      }),
    }),
    [t, may],
  )
  useActions([bindAction(actions.add, undefined)])
  const rowActions = useCallback((row: Row) => [bindAction(actions.edit, row)], [actions])
  const columns = useMemo(
    () => [
      textColumn<Row>({
        ...{ id: 'name', header: t('billing.bank.accountName'), width: 200 },
        value: row => row.name,
      }),
      textColumn<Row>({
        ...{ id: 'number', header: t('billing.bank.number'), width: 240 },
        // Only an IBAN is written in groups of four; other numbers have their own shape.
        value: row => (IBAN.test(row.number) ? row.number.replace(/(.{4})(?=.)/g, '$1 ') : row.number),
      }),
      textColumn<Row>({
        ...{ id: 'currency', header: t('billing.payments.currency'), width: 90 },
        value: row => row.currency,
      }),
      numberColumn<Row>({
        ...{ id: 'open', header: t('billing.bank.openLines'), width: 120 },
        value: row => row.open,
      }),
      textColumn<Row>({
        ...{ id: 'creditorId', header: t('billing.bank.creditorId'), width: 180 },
        value: row => row.creditorId,
      }),
      statusColumn<Row>({
        ...{ id: 'active', header: t('billing.payments.stateName') },
        value: row => (row.active ? 'active' : 'closed'),
        states: {
          active: { label: t('billing.bank.inUse'), tone: 'ok' },
          closed: { label: t('billing.bank.outOfUse'), tone: 'neutral' },
        },
      }),
    ],
    [t],
  )
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState rows={4} />
  return (
    <>
      {query.data.accounts.length === 0 ? (
        <EmptyState
          title={t('billing.bank.noAccounts')}
          text={t('billing.bank.noAccountsText')}
          actions={<ActionButton action={actions.add} context={undefined} primary />}
        />
      ) : (
        <DataGrid
          id="billing.bank.accounts"
          label={t('billing.payments.part.accounts')}
          columns={columns}
          rows={query.data.accounts}
          rowKey={row => row.id}
          selectable={false}
          rowActions={rowActions}
          onOpen={row => go(`/billing/payments?view=bank&lines=all&account=${row.id}`)}
          toolbarStart={<ActionButton action={actions.add} context={undefined} />}
        />
      )}
      {edited ? (
        <AccountDialog before={edited === 'new' ? null : edited} onClose={() => setEdited(null)} />
      ) : null}
    </>
  )
}

function AccountDialog({ before, onClose }: { readonly before: Row | null; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const add = useCommand(bank.addAccount)
  const edit = useCommand(bank.editAccount)
  const [name, setName] = useState(before?.name ?? '')
  const [holder, setHolder] = useState(before?.holder ?? '')
  const [number, setNumber] = useState(before?.number ?? '')
  const [bic, setBic] = useState(before?.bic ?? '')
  const [currency, setCurrency] = useState(before?.currency ?? 'EUR')
  const [creditorId, setCreditorId] = useState(before?.creditorId ?? '')
  const [active, setActive] = useState(before?.active ?? true)
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={t(before ? 'billing.bank.editAccount' : 'billing.bank.addAccount')}
      submit={t('billing.customers.save')}
      ready={name.trim() !== '' && holder.trim() !== '' && number.trim() !== ''}
      onSubmit={async () => {
        const commandId = newCommandId()
        const words = {
          name: name.trim(),
          holder: holder.trim(),
          bic: bic.trim(),
          creditorId: creditorId.trim(),
        }
        if (before) await edit.run({ ...words, accountId: before.id, active }, commandId)
        else await add.run({ ...words, number, currency }, commandId)
        said(t('billing.bank.accountSaved', { name: words.name }), commandId)
      }}
    >
      <TextInput
        data-autofocus
        label={t('billing.bank.accountName')}
        maxLength={120}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('billing.bank.holder')}
        description={t('billing.bank.holderHint')}
        maxLength={120}
        value={holder}
        onChange={event => setHolder(event.currentTarget.value)}
      />
      <div className={catalogue.two}>
        <TextInput
          label={t('billing.bank.number')}
          disabled={before !== null}
          maxLength={50}
          value={number}
          onChange={event => setNumber(event.currentTarget.value)}
        />
        <Select
          label={t('billing.payments.currency')}
          disabled={before !== null}
          searchable
          limit={60}
          allowDeselect={false}
          data={CURRENCY_OPTIONS}
          value={currency}
          onChange={value => value && setCurrency(value)}
        />
        <TextInput
          label={t('billing.bank.bic')}
          maxLength={11}
          value={bic}
          onChange={event => setBic(event.currentTarget.value)}
        />
        <TextInput
          label={t('billing.bank.creditorId')}
          description={t('billing.bank.creditorIdHint')}
          maxLength={35}
          value={creditorId}
          onChange={event => setCreditorId(event.currentTarget.value)}
        />
      </div>
      {before ? (
        <Switch
          label={t('billing.bank.inUse')}
          checked={active}
          onChange={event => setActive(event.currentTarget.checked)}
        />
      ) : null}
    </FormDialog>
  )
}
