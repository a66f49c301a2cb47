import { Button } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import type { Wallet } from '#shared/contract/billing/wallets.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { usePaysFor } from './pays-for-fields.tsx'
import { Grants, Holds, Ledger } from './wallet-parts.tsx'

const { wallet: leaf } = contract.billing

/** One wallet: what can be used, what of, and where it went. */
export function WalletCard(props: {
  readonly wallet: Wallet
  readonly selected: boolean
  readonly onSelect: () => void
  readonly onGrant: () => void
  readonly onEdit: () => void
}) {
  const { wallet, selected, onSelect, onGrant, onEdit } = props
  return (
    <div className={classes.subscription} data-selected={selected}>
      <div className={classes.subscriptionHead}>
        <h3>
          <button type="button" aria-expanded={selected} onClick={onSelect}>
            {wallet.name}
          </button>
        </h3>
        <strong>
          <Money minor={wallet.available} currency={wallet.currency} />
        </strong>
        <Standing wallet={wallet} />
      </div>
      {selected ? <Opened wallet={wallet} onGrant={onGrant} onEdit={onEdit} /> : null}
    </div>
  )
}

/** What there is besides what can be used, and what goes next. */
export function Standing({ wallet }: { readonly wallet: Wallet }) {
  const { t } = useTranslation()
  const only = usePaysFor()(wallet.paysFor)
  const parts = (['limited', 'held', 'later', 'waiting', 'asked'] as const).filter(part => wallet[part] > 0n)
  return (
    <span className={classes.facts}>
      {wallet.archivedAt === null
        ? t(wallet.paysInvoices ? 'billing.wallets.paysYes' : 'billing.wallets.paysNo')
        : t('billing.wallets.archivedWord')}
      {only === null ? null : ` · ${only}`}
      {wallet.low ? ` · ${t('billing.wallets.low')}` : null}
      {parts.map(part => (
        <span key={part}>
          {' · '}
          {t(`billing.wallets.${part}`)} <Money minor={wallet[part]} currency={wallet.currency} />
        </span>
      ))}
      {wallet.next === null ? null : (
        <span>
          {' · '}
          <Money minor={wallet.next.amount} currency={wallet.currency} /> {t('billing.wallets.expires')}{' '}
          <When at={wallet.next.at} />
        </span>
      )}
    </span>
  )
}

/** The grants, holds and ledger of a wallet, and what can be done to it. */
export function Opened(props: {
  readonly wallet: Wallet
  readonly onGrant: () => void
  readonly onEdit: () => void
}) {
  const { wallet, onGrant, onEdit } = props
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const archive = useCommand(leaf.setArchived)
  const query = useCoreQuery(leaf.get, { walletId: wallet.id })
  const [shows, setShows] = useState(false)
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState rows={3} />
  const { grants, holds, entries, currency } = query.data
  const archived = wallet.archivedAt !== null
  return (
    <>
      {grants.length === 0 ? (
        <p className={classes.facts}>{t('billing.wallets.empty')}</p>
      ) : (
        <Grants grants={grants} currency={currency} />
      )}
      {holds.length === 0 ? null : (
        <div className={classes.story}>
          <Holds holds={holds} currency={currency} />
        </div>
      )}
      {shows ? (
        <div className={classes.story}>
          <Ledger entries={entries} currency={currency} />
        </div>
      ) : null}
      <div className={classes.buttons}>
        {may(leaf.grant) && !archived ? (
          <Button size="compact-sm" variant="default" onClick={onGrant}>
            {t('billing.wallets.grant')}
          </Button>
        ) : null}
        {may(leaf.edit) ? (
          <Button size="compact-sm" variant="default" onClick={onEdit}>
            {t('billing.wallets.edit')}
          </Button>
        ) : null}
        {entries.length === 0 ? null : (
          <Button size="compact-sm" variant="default" aria-expanded={shows} onClick={() => setShows(!shows)}>
            {t(shows ? 'billing.wallets.hideLedger' : 'billing.wallets.showLedger')}
          </Button>
        )}
        {may(leaf.setArchived) && (archived || wallet.available + wallet.held + wallet.later === 0n) ? (
          <Button
            size="compact-sm"
            variant="default"
            disabled={archive.running}
            onClick={async () => {
              const commandId = newCommandId()
              await archive.run({ walletId: wallet.id, archived: !archived }, commandId)
              said(
                t(archived ? 'billing.wallets.unarchived' : 'billing.wallets.archived', {
                  name: wallet.name,
                }),
                commandId,
              )
            }}
          >
            {t(archived ? 'billing.wallets.unarchive' : 'billing.wallets.archive')}
          </Button>
        ) : null}
      </div>
    </>
  )
}
