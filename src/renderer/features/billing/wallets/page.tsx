import { IconHourglass, IconPencil, IconPlus, IconUser, IconWallet } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress, useGo } from '#renderer/app/address.ts'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useListSearch } from '#renderer/app/list-search.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import {
  type GridColumn,
  instantColumn,
  moneyColumn,
  statusColumn,
  textColumn,
} from '#renderer/ui/grid/columns.tsx'
import { DataGrid } from '#renderer/ui/grid/data-grid.tsx'
import { Split } from '#renderer/ui/overlay/side-pane.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { Wallet } from '#shared/contract/billing/wallets.ts'
import { contract } from '#shared/contract/index.ts'
import { CUSTOMERS_PATH } from '../paths.ts'
import { Expiring } from './expiring.tsx'
import { GrantDialog } from './grant-dialog.tsx'
import { WalletDialog } from './wallet-dialog.tsx'
import { WalletPane } from './wallet-pane.tsx'

const { wallet: leaf } = contract.billing
const PATH = '/billing/wallets'
type Asked = { readonly what: 'add' } | { readonly what: 'edit' | 'grant'; readonly wallet: Wallet }

/** What customers have paid ahead or were given, and what is left of it. */
export function WalletsPage() {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const search = useListSearch('wallet')
  const { params } = useAddress()
  const query = useCoreQuery(leaf.list, {})
  const [asked, setAsked] = useState<Asked | null>(null)
  const columns = useColumns()
  const actions = useMemo(
    () => ({
      add: defineAction(leaf.create, {
        label: () => t('billing.wallets.add'),
        key: 'n',
        icon: IconWallet,
        when: () => may(leaf.create),
        run: () => setAsked({ what: 'add' }),
      }),
      grant: defineAction<Wallet>(leaf.grant, {
        label: () => t('billing.wallets.grant'),
        key: 'a',
        icon: IconPlus,
        when: wallet => wallet.archivedAt === null && may(leaf.grant),
        run: wallet => setAsked({ what: 'grant', wallet }),
      }),
      edit: defineAction<Wallet>(leaf.edit, {
        label: () => t('billing.wallets.edit'),
        key: 'e',
        icon: IconPencil,
        when: () => may(leaf.edit),
        run: wallet => setAsked({ what: 'edit', wallet }),
      }),
      customer: defineAction<Wallet>('ui.billing.wallets.customer', {
        label: () => t('billing.wallets.toCustomer'),
        key: 'c',
        icon: IconUser,
        run: wallet => go(`${CUSTOMERS_PATH}?customer=${wallet.customerId}`),
      }),
    }),
    [t, may, go],
  )
  const soon = params.get('view') === 'expiring'
  const toSoon = useMemo(
    () =>
      defineAction('ui.billing.wallets.expiring', {
        label: () => t(soon ? 'billing.wallets.hideSoon' : 'billing.wallets.showSoon'),
        key: 'x',
        icon: IconHourglass,
        run: () => go(soon ? PATH : `${PATH}?view=expiring`),
      }),
    [t, go, soon],
  )
  useActions([bindAction(actions.add, undefined), bindAction(toSoon, undefined)])
  const wallets = query.data?.wallets
  const shown = wallets?.find(wallet => wallet.id === params.get('wallet')) ?? null
  const close = () => setAsked(null)
  return (
    <Page
      title={t('billing.wallets.title')}
      subtitle={wallets ? t('billing.wallets.count', { count: wallets.length }) : undefined}
      actions={
        <>
          <ActionButton action={toSoon} context={undefined} />
          <ActionButton action={actions.add} context={undefined} primary />
        </>
      }
      fill
    >
      {query.error ? (
        <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
      ) : !wallets ? (
        <LoadingState />
      ) : soon ? (
        <Expiring />
      ) : wallets.length === 0 ? (
        <EmptyState
          centred
          title={t('billing.wallets.none')}
          text={t('billing.wallets.noneText')}
          actions={<ActionButton action={actions.add} context={undefined} primary />}
        />
      ) : (
        <Split
          pane={
            shown ? (
              <WalletPane
                key={shown.id}
                wallet={shown}
                onGrant={() => setAsked({ what: 'grant', wallet: shown })}
                onEdit={() => setAsked({ what: 'edit', wallet: shown })}
                onClose={() => go(PATH)}
              />
            ) : null
          }
        >
          <DataGrid
            id="billing.wallets"
            label={t('billing.wallets.title')}
            columns={columns}
            rows={wallets}
            rowKey={wallet => wallet.id}
            search={search}
            selectable={false}
            onOpen={wallet => go(`${PATH}?wallet=${wallet.id}`)}
            onEscape={() => shown !== null && go(PATH)}
            rowActions={wallet => [
              bindAction(actions.grant, wallet),
              bindAction(actions.edit, wallet),
              bindAction(actions.customer, wallet),
            ]}
          />
        </Split>
      )}
      {asked?.what === 'add' ? <WalletDialog customer={null} wallet={null} onClose={close} /> : null}
      {asked?.what === 'edit' ? (
        <WalletDialog customer={customerOf(asked.wallet)} wallet={asked.wallet} onClose={close} />
      ) : null}
      {asked?.what === 'grant' ? <Granting wallet={asked.wallet} onClose={close} /> : null}
    </Page>
  )
}

const customerOf = ({ customerId, customer, currency }: Wallet) => ({
  ...{ id: customerId, name: customer, currency },
})

/** What is to be seen of a wallet at once: that little is left, or what it does. */
function standingOf(wallet: Wallet) {
  if (wallet.archivedAt !== null) return 'archived'
  if (wallet.low) return 'low'
  return wallet.paysInvoices ? 'pays' : 'keeps'
}

/** Days are the customer's: it is asked for before the dialog opens. */
function Granting({ wallet, onClose }: { readonly wallet: Wallet; readonly onClose: () => void }) {
  const { data } = useCoreQuery(contract.billing.customer.get, { customerId: wallet.customerId })
  return data ? <GrantDialog wallet={wallet} zone={data.zone} onClose={onClose} /> : null
}

function useColumns(): readonly GridColumn<Wallet>[] {
  const { t } = useTranslation()
  return useMemo(() => {
    const money = (id: 'available' | 'limited' | 'held' | 'later' | 'waiting') =>
      moneyColumn<Wallet>({
        ...{ id, header: t(`billing.wallets.${id}`), currency: wallet => wallet.currency, alignPlaces: 3 },
        value: wallet => (id === 'available' || wallet[id] > 0n ? wallet[id] : null),
      })
    return [
      textColumn<Wallet>({
        ...{ id: 'customer', header: t('billing.wallets.customer'), width: 220, pin: 'start' },
        value: wallet => wallet.customer,
      }),
      textColumn<Wallet>({
        ...{ id: 'name', header: t('billing.wallets.name'), width: 170 },
        value: wallet => wallet.name,
      }),
      money('available'),
      money('limited'),
      money('held'),
      money('waiting'),
      money('later'),
      moneyColumn<Wallet>({
        ...{ id: 'next', header: t('billing.wallets.next'), currency: wallet => wallet.currency },
        alignPlaces: 3,
        value: wallet => wallet.next?.amount,
      }),
      instantColumn<Wallet>({
        ...{ id: 'nextAt', header: t('billing.wallets.nextAt'), width: 130, detail: 'day' },
        value: wallet => wallet.next?.at ?? null,
      }),
      statusColumn<Wallet>({
        ...{ id: 'use', header: t('billing.wallets.use'), width: 160 },
        value: wallet => standingOf(wallet),
        states: {
          low: { label: t('billing.wallets.low'), tone: 'warning' },
          pays: { label: t('billing.wallets.paysYes'), tone: 'ok' },
          keeps: { label: t('billing.wallets.paysNo'), tone: 'info' },
          archived: { label: t('billing.wallets.archivedWord'), tone: 'neutral' },
        },
      }),
    ]
  }, [t])
}
