import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import type { WalletEntry, WalletGrant, WalletHold } from '#shared/contract/billing/wallets.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { useInvoiceStates } from '../review/states.ts'
import { usePaysFor } from './pays-for-fields.tsx'
import { GRANT_TONES, HOLD_TONES } from './words.ts'

const { wallet: leaf } = contract.billing

/** The grants of a wallet in the order of use, each with the rule that put it there. */
export function Grants({
  grants,
  currency,
}: {
  readonly grants: readonly WalletGrant[]
  readonly currency: string
}) {
  const { t } = useTranslation()
  return (
    <SmallTable
      label={t('billing.wallets.grants')}
      figures={[3]}
      wraps
      head={[
        t('billing.wallets.used'),
        t('billing.wallets.what'),
        t('billing.wallets.state'),
        t('billing.wallets.left'),
        '',
      ]}
      rows={grants.map(grant => [
        <Place key="place" grant={grant} />,
        <What key="what" grant={grant} />,
        <State key="state" grant={grant} />,
        <Left key="left" grant={grant} currency={currency} />,
        <Withdraw key="withdraw" grant={grant} />,
      ])}
    />
  )
}

function Place({ grant }: { readonly grant: WalletGrant }) {
  const { t } = useTranslation()
  if (grant.place === null) return '–'
  return (
    <>
      {t('billing.wallets.place', { place: grant.place })}
      {grant.because === null ? null : (
        <div className={classes.facts}>{t(`billing.wallets.because.${grant.because}`)}</div>
      )}
    </>
  )
}

function What({ grant }: { readonly grant: WalletGrant }) {
  const { t } = useTranslation()
  const only = usePaysFor()(grant.paysFor)
  const approval = useHref(`/workspace/approvals?approval=${grant.approvalId ?? ''}`)
  const format = useFormat()
  return (
    <>
      {t(`billing.wallets.kinds.${grant.kind}`)}
      <div className={classes.facts}>
        {grant.note === ''
          ? t('billing.wallets.priorityOf', { priority: format.integer(grant.priority) })
          : `${grant.note} · ${t('billing.wallets.priorityOf', { priority: format.integer(grant.priority) })}`}
      </div>
      {only === null ? null : <div className={classes.facts}>{only}</div>}
      {grant.topUp ? <TopUpInvoice invoice={grant.topUp.invoice} /> : null}
      {grant.state === 'asked' ? (
        <div className={classes.facts}>
          <a href={approval}>{t('billing.wallets.toApproval')}</a>
        </div>
      ) : null}
    </>
  )
}

function Left({ grant, currency }: { readonly grant: WalletGrant; readonly currency: string }) {
  const { t } = useTranslation()
  return (
    <>
      <Money minor={grant.rest} currency={currency} />
      <div className={classes.facts}>
        {t('billing.wallets.of')} <Money minor={grant.amount} currency={currency} />
      </div>
      {grant.lapsed === 0n ? null : (
        <div className={classes.facts}>
          {t('billing.wallets.lapsedOf')} <Money minor={grant.lapsed} currency={currency} />
        </div>
      )}
      {grant.held === 0n ? null : (
        <div className={classes.facts}>
          {t('billing.wallets.held')} <Money minor={grant.held} currency={currency} />
        </div>
      )}
    </>
  )
}

/** The invoice that a top-up is paid by. */
function TopUpInvoice({ invoice }: { readonly invoice: NonNullable<WalletGrant['topUp']>['invoice'] }) {
  const { t } = useTranslation()
  const href = useHref(`/billing/invoices?invoice=${invoice?.id ?? ''}`)
  const states = useInvoiceStates()
  if (!invoice) return null
  return (
    <div className={classes.facts}>
      {t('billing.wallets.charge')} <a href={href}>{invoice.number ?? states[invoice.state].label}</a>
    </div>
  )
}

/** How a grant stands, and from when until when it counts. */
function State({ grant }: { readonly grant: WalletGrant }) {
  const { t } = useTranslation()
  return (
    <>
      <StatusBadge tone={GRANT_TONES[grant.state]} label={t(`billing.wallets.grantStates.${grant.state}`)} />
      <div className={classes.facts}>
        {grant.expiresAt === null ? (
          t('billing.wallets.stays')
        ) : (
          <>
            {t('billing.wallets.untilWord')} <When at={grant.expiresAt} />
          </>
        )}
      </div>
      {grant.state === 'later' ? (
        <div className={classes.facts}>
          {t('billing.wallets.fromWord')} <When at={grant.startsAt} />
        </div>
      ) : null}
    </>
  )
}

function Withdraw({ grant }: { readonly grant: WalletGrant }) {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const withdraw = useCommand(leaf.withdraw)
  const stays = grant.rest === 0n || grant.topUp !== null || !may(leaf.withdraw)
  if (stays) return null
  return (
    <Button
      variant="default"
      size="compact-sm"
      disabled={withdraw.running}
      onClick={async () => {
        const commandId = newCommandId()
        await withdraw.run({ grantId: grant.id }, commandId)
        said(t('billing.wallets.withdrawn'), commandId)
      }}
    >
      {t('billing.wallets.withdraw')}
    </Button>
  )
}

/** What is reserved, and what became of it. */
export function Holds({
  holds,
  currency,
}: {
  readonly holds: readonly WalletHold[]
  readonly currency: string
}) {
  const { t } = useTranslation()
  return (
    <SmallTable
      label={t('billing.wallets.holds')}
      figures={[1, 2]}
      wraps
      head={[
        t('billing.wallets.reference'),
        t('billing.wallets.reserved'),
        t('billing.wallets.usedOf'),
        t('billing.wallets.state'),
        t('billing.wallets.ends'),
        '',
      ]}
      rows={holds.map(hold => [
        hold.reference || '–',
        <Money key="amount" minor={hold.amount} currency={currency} />,
        <Money key="captured" minor={hold.captured} currency={currency} />,
        <StatusBadge
          key="state"
          tone={HOLD_TONES[hold.state]}
          label={t(`billing.wallets.holdStates.${hold.state}`)}
        />,
        <When key="ends" at={hold.endedAt ?? hold.expiresAt} />,
        <HoldDeeds key="deeds" hold={hold} />,
      ])}
    />
  )
}

function HoldDeeds({ hold }: { readonly hold: WalletHold }) {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const capture = useCommand(leaf.capture)
  const release = useCommand(leaf.release)
  if (hold.state !== 'active' || !may(leaf.release)) return null
  const does = (what: 'capture' | 'release') => async () => {
    const commandId = newCommandId()
    await (what === 'capture' ? capture : release).run({ holdId: hold.id }, commandId)
    said(t(`billing.wallets.${what}d`), commandId)
  }
  const busy = capture.running || release.running
  return (
    <span className={classes.aside}>
      {(['capture', 'release'] as const).map(what => (
        <Button key={what} variant="default" size="compact-sm" disabled={busy} onClick={does(what)}>
          {t(`billing.wallets.${what}`)}
        </Button>
      ))}
    </span>
  )
}

/** Where every cent went: the transfers of the ledger, the newest first. */
export function Ledger({
  entries,
  currency,
}: {
  readonly entries: readonly WalletEntry[]
  readonly currency: string
}) {
  const { t } = useTranslation()
  return (
    <SmallTable
      label={t('billing.wallets.ledger')}
      figures={[2, 3]}
      wraps
      head={[
        t('billing.wallets.when'),
        t('billing.wallets.what'),
        t('billing.wallets.amount'),
        t('billing.wallets.change'),
        t('billing.wallets.accounts'),
      ]}
      rows={entries.map(entry => [
        <When key="at" at={entry.at} />,
        <Movement key="what" entry={entry} />,
        <Money key="amount" minor={entry.amount} currency={currency} />,
        <Money key="change" minor={entry.change} currency={currency} />,
        <span key="accounts" className={classes.facts}>
          <Account account={entry.debit} /> → <Account account={entry.credit} />
        </span>,
      ])}
    />
  )
}

const ACCOUNTS = ['wallet', 'held', 'receivable', 'prepaid', 'promotion', 'consumed', 'expired'] as const

/** An account in words: each grant has two of its own. */
function Account({ account }: { readonly account: string }) {
  const { t } = useTranslation()
  const name = ACCOUNTS.find(one => account === one || account.startsWith(`${one}:`))
  return name === undefined ? account : t(`billing.wallets.account.${name}`)
}

function Movement({ entry }: { readonly entry: WalletEntry }) {
  const { t } = useTranslation()
  const href = useHref(`/billing/invoices?invoice=${entry.sourceId}`)
  return (
    <>
      {t(`billing.wallets.movement.${entry.movement}`)}{' '}
      {entry.number === null ? null : <a href={href}>{entry.number}</a>}
      {entry.reason === '' ? null : <div className={classes.facts}>{entry.reason}</div>}
    </>
  )
}
