import { Select } from '@mantine/core'
import { IconFileExport } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useAddress } from '#renderer/app/address.ts'
import { ask, type OutputOf, useCommand, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { bytesOf, saveFile } from '#renderer/ui/document/save-file.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Page } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { invoices } from '#shared/contract/billing/invoices.ts'
import { contract } from '#shared/contract/index.ts'
import shared from '../billing.module.css'
import catalogue from '../catalogue.module.css'
import { useMonth } from '../month.ts'
import { MonthPicker } from '../month-picker.tsx'
import { Accounts } from './accounts.tsx'
import { Entries } from './entries.tsx'
import { Exports } from './exports.tsx'

const leaf = contract.billing.journal
export type Journal = OutputOf<typeof leaf.get>
export type LedgerProfile = OutputOf<typeof leaf.profiles>['profiles'][number]

/** The parameter of the address that names a ledger. */
const LEDGER = 'ledger'
/** Of which legal entity it is; `own` for what the workspace billed by its settings. */
const ENTITY = 'entity'
const [ALL, OWN] = ['all', 'own']

/** The journal of a month for a ledger: what it comes to, which accounts are missing, and its export. */
export function JournalPage() {
  const { t } = useTranslation()
  const core = useCore()
  const may = useMay()
  const toasts = useToasts()
  const format = useFormat()
  const { params, setParams } = useAddress()
  const { named, shared: ofTopBar, last, setMonth } = useMonth()
  const month = named ?? ofTopBar ?? last
  const profile = params.get(LEDGER) ?? 'csv'
  const entity = params.get(ENTITY) ?? ALL
  const of = entity === ALL ? {} : { entityId: entity === OWN ? '' : entity }
  const { data, error, refetch } = useCoreQuery(leaf.get, { period: month, profile, ...of })
  const profiles = useCoreQuery(leaf.profiles, of)
  const periods = useCoreQuery(invoices.periods, {})
  const make = useCommand(leaf.export)
  const [currency, setCurrency] = useState<string | null>(null)
  const months = useMemo(
    () => (periods.data?.periods ?? []).map(({ period }) => ({ month: period })),
    [periods.data],
  )
  const ledger = profiles.data?.profiles.find(one => one.id === profile)
  const currencies = data?.currencies.map(one => one.currency) ?? []
  const chosen = currency !== null && currencies.includes(currency) ? currency : (currencies[0] ?? null)

  const save = async (exportId: string) => {
    const { fileName, base64 } = await ask(core, leaf.file, { exportId })
    saveFile(bytesOf(base64), fileName, 'text/csv')
  }
  const exportAction = useMemo(
    () =>
      defineAction<{ readonly ready: boolean; readonly run: () => Promise<void> }>(leaf.export, {
        label: () => t('billing.journal.export'),
        key: 'e',
        icon: IconFileExport,
        when: ({ ready }) => ready && may(leaf.export),
        run: ({ run }) => run(),
      }),
    [t, may],
  )
  const run = async () => {
    if (chosen === null) return
    try {
      const receipt = await make.run({ period: month, profile, currency: chosen, ...of })
      await save(receipt.id)
      toasts.show({ text: t('billing.journal.exported', { file: receipt.fileName }), tone: 'ok' })
    } catch (failure) {
      toasts.fail(failure)
    }
  }
  const setParam = (name: string, value: string) => {
    const next = new URLSearchParams(params)
    next.set(name, value)
    setParams(next)
  }
  const ready = data?.over === true && data.unmapped.length === 0 && chosen !== null
  return (
    <Page
      title={t('billing.journal.title')}
      subtitle={<MonthPicker month={month} months={months} onMonth={setMonth} />}
      actions={
        <>
          {data && (data.entities.length > 1 || entity !== ALL) ? (
            <Select
              size="xs"
              w={180}
              allowDeselect={false}
              aria-label={t('billing.journal.entity')}
              data={[
                { value: ALL, label: t('billing.journal.allEntities') },
                ...data.entities.map(({ id, name }) => ({
                  value: id === '' ? OWN : id,
                  label: id === '' ? t('billing.journal.ownEntity') : name,
                })),
              ]}
              value={entity}
              onChange={value => value && setParam(ENTITY, value)}
            />
          ) : null}
          {currencies.length > 1 ? (
            <Select
              size="xs"
              w={90}
              allowDeselect={false}
              aria-label={t('billing.journal.currency')}
              data={currencies}
              value={chosen}
              onChange={setCurrency}
            />
          ) : null}
          <Select
            size="xs"
            w={140}
            allowDeselect={false}
            aria-label={t('billing.journal.ledger')}
            data={(profiles.data?.profiles ?? []).map(one => ({ value: one.id, label: one.name }))}
            value={profile}
            onChange={value => value && setParam(LEDGER, value)}
          />
          <OfferedButton action={exportAction} context={{ ready, run }} primary />
        </>
      }
      answer={data && data.count > 0 ? <Answer data={data} month={format.month(month)} /> : undefined}
    >
      {error ? (
        <ErrorState centred error={error} onRetry={() => void refetch()} />
      ) : !data || !ledger ? (
        <LoadingState rows={12} />
      ) : data.count === 0 ? (
        <EmptyState centred title={t('billing.journal.none')} text={t('billing.journal.noneText')} />
      ) : (
        <div className={catalogue.padded}>
          <Exports journal={data} onSave={save} />
          <Accounts
            journal={data}
            ledger={ledger}
            entityId={entity === ALL || entity === OWN ? null : entity}
          />
          <Entries journal={data} />
        </div>
      )}
    </Page>
  )
}

/** Whether the month can go to the ledger, and what is in the way. */
function Answer({ data, month }: { readonly data: Journal; readonly month: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const values = { month, count: data.count, formatted: format.integer(data.count) }
  const amount = (minor: bigint, currency: string) => {
    const { figure, code } = format.money(minor, currency)
    return `${figure} ${code}`
  }
  return (
    <>
      <p className={shared.lead}>
        {data.fixedAt !== null
          ? t('billing.journal.answer.fixed', values)
          : !data.over
            ? t('billing.journal.answer.open', values)
            : data.unmapped.length > 0
              ? t('billing.journal.answer.unmapped', { ...values, count: data.unmapped.length })
              : t('billing.journal.answer.ready', values)}
      </p>
      <p className={shared.note}>
        {data.currencies
          .map(one =>
            t('billing.journal.answer.balanced', {
              debit: amount(one.debit, one.currency),
              credit: amount(one.credit, one.currency),
            }),
          )
          .join(' ')}
        {data.unrated > 0 ? ` ${t('billing.journal.unrated', { count: data.unrated })}` : null}
      </p>
    </>
  )
}
