import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'
import { BookedAs, useDetailWords } from './detail.tsx'
import type { Journal, LedgerProfile } from './page.tsx'

const leaf = contract.billing.journal.setAccount

/** Something that an account, or an option of the ledger, is entered for. */
interface Item {
  readonly item: string
  readonly label: string
  readonly isOption: boolean
}

/** What the month comes to by account, and entering accounts: for a kind of entry, or for one of its details. */
export function Accounts({
  journal,
  ledger,
  entityId,
}: {
  readonly journal: Journal
  readonly ledger: LedgerProfile
  /** Whose accounts are entered; null: those of all. */
  readonly entityId: string | null
}) {
  const { t } = useTranslation()
  const may = useMay()
  const words = useDetailWords()
  const [edited, setEdited] = useState<Item | null>(null)
  const [opened, setOpened] = useState<readonly string[]>([])
  const enter = (one: Item, label: string) =>
    may(leaf) ? (
      <Button
        size="compact-xs"
        variant="subtle"
        aria-label={`${label}: ${one.label}`}
        onClick={() => setEdited(one)}
      >
        {label}
      </Button>
    ) : null
  return (
    <Section title={t('billing.journal.accounts')}>
      {journal.currencies.map(one => (
        <div key={one.currency} className={catalogue.apart}>
          {journal.currencies.length > 1 ? <h3>{one.currency}</h3> : null}
          <table className={catalogue.table} aria-label={`${t('billing.journal.accounts')} ${one.currency}`}>
            <thead>
              <tr>
                <th>{t('billing.journal.booked')}</th>
                <th>{t('billing.journal.account')}</th>
                <th />
                <th data-align="end">{t('billing.journal.debit')}</th>
                <th data-align="end">{t('billing.journal.credit')}</th>
              </tr>
            </thead>
            <tbody>
              {gathered(one.accounts, opened).map(row => {
                const role = t(`billing.journal.role.${row.role}`)
                const all = { item: row.role, label: role, isOption: false }
                const single = {
                  ...all,
                  item: `${row.role}/${row.detail}`,
                  label: `${role} ${words(row.role, row.detail)}`,
                }
                return (
                  <tr key={`${row.role}/${row.detail}/${row.account}`}>
                    <td>
                      {row.count > 1 ? (
                        <>
                          {role}{' '}
                          <Button
                            size="compact-xs"
                            variant="subtle"
                            onClick={() => setOpened([...opened, row.role])}
                          >
                            {t('billing.journal.each', { count: row.count })}
                          </Button>
                        </>
                      ) : (
                        <BookedAs role={row.role} detail={row.detail} />
                      )}
                    </td>
                    <td>
                      {row.account ?? <StatusBadge tone="warning" label={t('billing.journal.noAccount')} />}
                    </td>
                    <td>
                      {enter(all, t('billing.journal.enter'))}
                      {row.detail === '' ? null : enter(single, t('billing.journal.enterOwn'))}
                    </td>
                    <td data-align="end">
                      {row.debit === 0n ? null : <Money minor={row.debit} currency={one.currency} />}
                    </td>
                    <td data-align="end">
                      {row.credit === 0n ? null : <Money minor={row.credit} currency={one.currency} />}
                    </td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      ))}
      {Object.keys(ledger.options).length === 0 ? null : (
        <dl className={catalogue.facts}>
          {Object.entries(ledger.options).map(([name, usual]) => {
            const label = t(`billing.journal.option.${name as 'consultant'}`)
            return (
              <div key={name}>
                {label}: {ledger.chart[`option/${name}`]?.account ?? (usual || '–')}{' '}
                {enter({ item: `option/${name}`, label, isOption: true }, t('billing.journal.change'))}
              </div>
            )
          })}
        </dl>
      )}
      {edited ? (
        <AccountDialog ledger={ledger} edited={edited} entityId={entityId} onClose={() => setEdited(null)} />
      ) : null}
    </Section>
  )
}

type Row = Journal['currencies'][number]['accounts'][number]
/** So many details of a kind stand apart; more, such as all customers, are one row until somebody opens it. */
const MOST = 12

/** The rows of a table: a kind with many details as one row, as far as they have the same account. */
function gathered(rows: readonly Row[], opened: readonly string[]): readonly (Row & { count: number })[] {
  return [...Map.groupBy(rows, row => row.role)].flatMap(([role, some]) => {
    if (some.length <= MOST || opened.includes(role)) return some.map(row => ({ ...row, count: 1 }))
    return [...Map.groupBy(some, row => row.account)].map(([account, same]) => ({
      ...{ role, account, count: same.length, detail: same.length === 1 ? same[0]!.detail : '' },
      debit: same.reduce((sum, row) => sum + row.debit, 0n),
      credit: same.reduce((sum, row) => sum + row.credit, 0n),
    }))
  })
}

function AccountDialog(props: {
  readonly ledger: LedgerProfile
  readonly edited: Item
  readonly entityId: string | null
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const set = useCommand(leaf)
  const { ledger, edited, entityId } = props
  const known = ledger.chart[edited.item]
  const usual = edited.isOption
    ? ledger.options[edited.item.slice('option/'.length)]
    : ledger.usual[edited.item]?.account
  const [account, setAccount] = useState(known?.account ?? '')
  const [taxKey, setTaxKey] = useState(known?.taxKey ?? '')
  return (
    <FormDialog
      opened
      onClose={props.onClose}
      title={t('billing.journal.accountOf', { ledger: ledger.name, of: edited.label })}
      submit={t('billing.journal.save')}
      onSubmit={async () => {
        const commandId = newCommandId()
        await set.run(
          { profile: ledger.id, item: edited.item, entityId, account: account.trim(), taxKey: taxKey.trim() },
          commandId,
        )
        said(t('billing.journal.saved', { of: edited.label }), commandId)
      }}
    >
      <TextInput
        data-autofocus
        label={edited.isOption ? edited.label : t('billing.journal.account')}
        description={usual ? t('billing.journal.usual', { account: usual }) : undefined}
        value={account}
        maxLength={100}
        onChange={event => setAccount(event.currentTarget.value)}
      />
      {edited.isOption ? null : (
        <TextInput
          label={t('billing.journal.taxKey')}
          description={t('billing.journal.taxKeyHint')}
          value={taxKey}
          maxLength={20}
          onChange={event => setTaxKey(event.currentTarget.value)}
        />
      )}
    </FormDialog>
  )
}
