import { Button } from '@mantine/core'
import { IconPlus, IconWallet } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useActions } from '#renderer/ui/actions/use-actions.tsx'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import type { CustomerShown } from '../words.ts'
import { GrantDialog } from './grant-dialog.tsx'
import { WalletCard } from './wallet-card.tsx'
import { WalletDialog } from './wallet-dialog.tsx'

const { wallet: leaf } = contract.billing
type Asked = 'add' | 'edit' | 'grant'

/** The wallets of a customer: what can be used, in which order, and where it went. */
export function CustomerWallets({ customer }: { readonly customer: CustomerShown }) {
  const { t } = useTranslation()
  const may = useMay()
  const query = useCoreQuery(leaf.list, { customerId: customer.id })
  const [picked, setPicked] = useState<string | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const all = query.data?.wallets ?? []
  const selected = all.find(one => one.id === picked) ?? all.find(one => one.archivedAt === null) ?? null
  const mayAdd = may(leaf.create)
  const mayGrant = may(leaf.grant) && selected !== null && selected.archivedAt === null
  useActions(
    useMemo(
      () => [
        bindAction(
          defineAction('ui.billing.customer.wallet', {
            label: () => t('billing.wallets.add'),
            key: 'shift+b',
            icon: IconWallet,
            when: () => mayAdd,
            run: () => setAsked('add'),
          }),
          undefined,
        ),
        bindAction(
          defineAction('ui.billing.customer.walletGrant', {
            label: () => t('billing.wallets.grant'),
            key: 'shift+g',
            icon: IconPlus,
            when: () => mayGrant,
            run: () => setAsked('grant'),
          }),
          undefined,
        ),
      ],
      [t, mayAdd, mayGrant],
    ),
  )
  const close = () => setAsked(null)
  return (
    <Section
      title={t('billing.wallets.own')}
      aside={
        mayAdd ? (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            rightSection={<KeyHint keys="shift+b" />}
            onClick={() => setAsked('add')}
          >
            {t('billing.wallets.add')}
          </Button>
        ) : null
      }
    >
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : !query.data ? (
        <LoadingState rows={1} />
      ) : all.length === 0 ? (
        <p className={classes.facts}>{t('billing.wallets.noneOwn')}</p>
      ) : (
        all.map(one => (
          <WalletCard
            key={one.id}
            wallet={one}
            selected={one.id === selected?.id}
            onSelect={() => setPicked(one.id)}
            onGrant={() => setAsked('grant')}
            onEdit={() => setAsked('edit')}
          />
        ))
      )}
      {asked === 'add' || (asked === 'edit' && selected) ? (
        <WalletDialog customer={customer} wallet={asked === 'add' ? null : selected} onClose={close} />
      ) : null}
      {asked === 'grant' && selected ? (
        <GrantDialog wallet={selected} zone={customer.zone} onClose={close} />
      ) : null}
    </Section>
  )
}
