import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { SidePane } from '#renderer/ui/overlay/side-pane.tsx'
import { Figures, Section } from '#renderer/ui/page/page.tsx'
import type { Wallet } from '#shared/contract/billing/wallets.ts'
import catalogue from '../catalogue.module.css'
import { CUSTOMERS_PATH } from '../paths.ts'
import { Opened, Standing } from './wallet-card.tsx'

/** One wallet beside the list: what of it can be used, in which order, and where it went. */
export function WalletPane(props: {
  readonly wallet: Wallet
  readonly onGrant: () => void
  readonly onEdit: () => void
  readonly onClose: () => void
}) {
  const { wallet, onGrant, onEdit, onClose } = props
  const { t } = useTranslation()
  const href = useHref(`${CUSTOMERS_PATH}?customer=${wallet.customerId}`)
  return (
    <SidePane name="wallet" title={wallet.name} onClose={onClose} width={620}>
      <Section title={wallet.customer} aside={<a href={href}>{t('billing.wallets.toCustomer')}</a>}>
        <Figures
          figures={[
            {
              label: t('billing.wallets.available'),
              value: <Money minor={wallet.available} currency={wallet.currency} />,
              note: <Standing wallet={wallet} />,
            },
          ]}
        />
        <div className={catalogue.story}>
          <Opened wallet={wallet} onGrant={onGrant} onEdit={onEdit} />
        </div>
      </Section>
    </SidePane>
  )
}
