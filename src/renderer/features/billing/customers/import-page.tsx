import { Button, Switch } from '@mantine/core'
import { IconArrowLeft, IconFileImport } from '@tabler/icons-react'
import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import type { HeldFile } from '#renderer/app/core/files.ts'
import { type OutputOf, send, useCore } from '#renderer/app/core/hooks.ts'
import { HoldFile } from '#renderer/app/import/hold-file.tsx'
import { useFileImport } from '#renderer/app/import/use-file-import.ts'
import { RecoveryNotice } from '#renderer/app/recovery-notice.tsx'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { Progress } from '#renderer/ui/display/progress.tsx'
import { Figures, Page, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { CUSTOMERS_PATH } from '../paths.ts'

const leaf = contract.billing.customer.import
type Receipt = OutputOf<typeof leaf>
const ENDINGS = ['.csv', '.tsv', '.txt', '.jsonl', '.ndjson']

/** Brings a file of customers in: what would come in is shown first, and every line that cannot. */
export function ImportPage() {
  const { t } = useTranslation()
  const core = useCore()
  const go = useGo()
  const [edit, setEdit] = useState(false)
  const ask = useCallback(
    (held: HeldFile, dryRun: boolean) =>
      send(core, leaf, {
        ...{ fileId: held.fileId, fileName: held.name, dryRun },
        onDifferent: edit ? 'edit' : 'refuse',
      }),
    [core, edit],
  )
  const { file, receipt, busy, error, choose, bringIn, again } = useFileImport(ask)
  const changes = receipt
    ? receipt.customers.created + receipt.customers.edited + receipt.subscriptions.started
    : 0
  const ready = receipt !== null && !receipt.done && receipt.problems.length === 0 && changes > 0 && !busy
  return (
    <Page
      title={t('billing.customerImport.title')}
      subtitle={file?.name}
      text
      actions={
        <>
          <OfferedButton
            action={defineAction('ui.billing.customer.back', {
              label: () => t('billing.customers.back'),
              key: 'b',
              icon: IconArrowLeft,
              run: () => go(CUSTOMERS_PATH),
            })}
            context={undefined}
          />
          {file && receipt && !receipt.done ? (
            <OfferedButton
              primary
              disabled={!ready}
              loading={busy}
              action={defineAction(leaf, {
                label: () => t('billing.customerImport.bringIn'),
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
      {file === null ? (
        <>
          <RecoveryNotice />
          <HoldFile title={t('billing.customerImport.drop')} endings={ENDINGS} onHeld={choose} />
          <p className={classes.explain}>{t('billing.customerImport.explain')}</p>
        </>
      ) : error ? (
        <>
          <ErrorState error={error} />
          <Button onClick={again}>{t('billing.customerImport.other')}</Button>
        </>
      ) : receipt ? (
        <>
          <Section title={t(receipt.done ? 'billing.customerImport.did' : 'billing.customerImport.would')}>
            <Figures
              figures={[
                { label: t('billing.customerImport.created'), value: receipt.customers.created },
                { label: t('billing.customerImport.edited'), value: receipt.customers.edited },
                { label: t('billing.customerImport.unchanged'), value: receipt.customers.unchanged },
                { label: t('billing.customerImport.started'), value: receipt.subscriptions.started },
                { label: t('billing.customerImport.known'), value: receipt.subscriptions.unchanged },
                { label: t('billing.customerImport.refused'), value: receipt.refused },
              ]}
            />
            {receipt.done ? (
              <p role="status">{t('billing.customerImport.doneText')}</p>
            ) : (
              <Switch
                mt="sm"
                label={t('billing.customerImport.edit')}
                description={t('billing.customerImport.editHint')}
                checked={edit}
                onChange={event => setEdit(event.currentTarget.checked)}
              />
            )}
            {!receipt.done && changes === 0 && receipt.problems.length === 0 ? (
              <p>{t('billing.customerImport.nothing')}</p>
            ) : null}
          </Section>
          {receipt.problems.length > 0 ? <Problems receipt={receipt} /> : null}
          <Button mt="sm" onClick={receipt.done ? () => go(CUSTOMERS_PATH) : again}>
            {receipt.done ? t('billing.customerImport.toList') : t('billing.customerImport.other')}
          </Button>
        </>
      ) : (
        <Progress label={t('billing.customerImport.reading')} detail={file.name} share={null} />
      )}
    </Page>
  )
}

function Problems({ receipt }: { readonly receipt: Receipt }) {
  const { t } = useTranslation()
  return (
    <Section title={t('billing.customerImport.problems')}>
      <p>{t('billing.customerImport.problemsText')}</p>
      <table className={classes.table}>
        <thead>
          <tr>
            <th data-align="end">{t('billing.customerImport.line')}</th>
            <th>{t('billing.customerImport.column')}</th>
            <th>{t('billing.customerImport.value')}</th>
            <th>{t('billing.customerImport.reason')}</th>
          </tr>
        </thead>
        <tbody>
          {receipt.problems.map(({ line, column, value, reason }) => (
            <tr key={`${line} ${column}`}>
              <td data-align="end">{line}</td>
              <td>{column}</td>
              <td>{value}</td>
              <td>{reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  )
}
