import { Button, Select } from '@mantine/core'
import { IconArrowLeft, IconFileImport } from '@tabler/icons-react'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import type { HeldFile } from '#renderer/app/core/files.ts'
import { type OutputOf, send, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { HoldFile } from '#renderer/app/import/hold-file.tsx'
import { useFileImport } from '#renderer/app/import/use-file-import.ts'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { Progress } from '#renderer/ui/display/progress.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Figures, Page, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'

const leaf = contract.billing.bank.import
type Receipt = OutputOf<typeof leaf>
const ENDINGS = ['.xml', '.csv', '.txt', '.tsv']
const LIST = '/billing/payments?view=bank'

/** Brings a statement of the bank in: what it holds is shown first. */
export function BankImport() {
  const { t } = useTranslation()
  const core = useCore()
  const go = useGo()
  const accounts = useCoreQuery(contract.billing.bank.accounts, undefined)
  const [accountId, setAccountId] = useState<string | null>(null)
  const ask = useCallback(
    (held: HeldFile, dryRun: boolean) =>
      send(core, leaf, {
        ...{ fileId: held.fileId, fileName: held.name, dryRun },
        ...(accountId === null ? {} : { accountId }),
      }),
    [core, accountId],
  )
  const { file, receipt, busy, error, choose, bringIn, again } = useFileImport(ask)
  const known = accounts.data?.accounts.filter(account => account.active) ?? []
  return (
    <Page
      title={t('billing.bank.importTitle')}
      subtitle={file?.name}
      text
      actions={
        <>
          <OfferedButton
            action={defineAction('ui.billing.bank.back', {
              label: () => t('billing.bank.back'),
              key: 'b',
              icon: IconArrowLeft,
              run: () => go(LIST),
            })}
            context={undefined}
          />
          {file && receipt && !receipt.done ? (
            <OfferedButton
              primary
              disabled={receipt.fresh === 0 || busy}
              loading={busy}
              action={defineAction(leaf, {
                label: () => t('billing.bank.bringIn', { count: receipt.fresh }),
                key: 'i',
                icon: IconFileImport,
                run: bringIn,
              })}
              context={undefined}
            />
          ) : null}
        </>
      }
    >
      {known.length > 0 && !receipt?.done ? (
        <Select
          mb="md"
          label={t('billing.bank.account')}
          description={t('billing.bank.accountHint')}
          clearable
          placeholder={t('billing.bank.accountFromFile')}
          data={known.map(({ id, name, number, currency }) => ({
            value: id,
            label: `${name} · ${number} · ${currency}`,
          }))}
          value={accountId}
          onChange={setAccountId}
        />
      ) : null}
      {file === null ? (
        <>
          <HoldFile title={t('billing.bank.drop')} endings={ENDINGS} onHeld={choose} />
          <p className={classes.explain}>{t('billing.bank.explain')}</p>
          {accounts.data && known.length === 0 ? <p>{t('billing.bank.noAccount')}</p> : null}
        </>
      ) : error ? (
        <>
          <ErrorState error={error} />
          <Button onClick={again}>{t('billing.customerImport.other')}</Button>
        </>
      ) : receipt ? (
        <BankReceipt receipt={receipt} onAgain={again} onDone={() => go(LIST)} />
      ) : (
        <Progress label={t('billing.customerImport.reading')} detail={file.name} share={null} />
      )}
    </Page>
  )
}

function BankReceipt({
  receipt,
  onAgain,
  onDone,
}: {
  readonly receipt: Receipt
  readonly onAgain: () => void
  readonly onDone: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const { currency } = receipt
  const money = (minor: bigint | null) =>
    minor === null ? t('billing.bank.notSaid') : <Money minor={minor} currency={currency} />
  return (
    <Section title={t(receipt.done ? 'billing.bank.did' : 'billing.bank.would')}>
      <Figures
        figures={[
          { label: t('billing.bank.account'), value: receipt.account },
          {
            label: t('billing.bank.days'),
            value: [receipt.firstOn, receipt.lastOn].map(day => (day ? format.day(day) : '')).join(' – '),
          },
          { label: t('billing.bank.lines'), value: receipt.lines },
          { label: t('billing.bank.fresh'), value: receipt.fresh },
          { label: t('billing.bank.incoming'), value: money(receipt.incoming) },
          { label: t('billing.bank.outgoing'), value: money(receipt.outgoing) },
          { label: t('billing.bank.opening'), value: money(receipt.opening) },
          { label: t('billing.bank.closing'), value: money(receipt.closing) },
        ]}
      />
      {receipt.pending > 0 ? <p>{t('billing.bank.pendingLeft', { count: receipt.pending })}</p> : null}
      {receipt.done ? (
        <p role="status">{t('billing.bank.doneText')}</p>
      ) : receipt.fresh === 0 ? (
        <p role="status">{t('billing.bank.nothingFresh')}</p>
      ) : null}
      <Button mt="sm" onClick={receipt.done ? onDone : onAgain}>
        {receipt.done ? t('billing.bank.toLines') : t('billing.customerImport.other')}
      </Button>
    </Section>
  )
}
