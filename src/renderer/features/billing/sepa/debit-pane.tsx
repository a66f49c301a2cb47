import { Button, Select, TextInput } from '@mantine/core'
import { IconBuildingBank, IconCheck, IconDownload, IconTrash } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useHref } from '#renderer/app/address.ts'
import { ask, type OutputOf, useCommand, useCore, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { saveFile } from '#renderer/ui/document/save-file.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Fields, Section } from '#renderer/ui/page/page.tsx'
import type { DebitItem } from '#shared/contract/billing/sepa.ts'
import { contract } from '#shared/contract/index.ts'
import catalogue from '../catalogue.module.css'
import { LoadedPane } from '../payments/loaded-pane.tsx'
import classes from '../payments/payments.module.css'
import { ITEM_TONES, useDebitStates } from './states.ts'

const { debit: leaf } = contract.billing
type Detail = OutputOf<typeof leaf.get>

/** One file of direct debits: its collections, and how each stands. */
export function DebitPane({ runId }: { readonly runId: string }) {
  const { t } = useTranslation()
  const format = useFormat()
  const query = useCoreQuery(leaf.get, { runId })
  return (
    <LoadedPane
      name="debit"
      part="debits"
      query={query}
      title={shown =>
        shown ? `${t('billing.sepa.run')} ${format.day(shown.collectOn)}` : t('billing.sepa.run')
      }
      width={520}
    >
      {shown => <DebitBody shown={shown} />}
    </LoadedPane>
  )
}

function DebitBody({ shown }: { readonly shown: Detail }) {
  const { t } = useTranslation()
  const core = useCore()
  const may = useMay()
  const toasts = useToasts()
  const states = useDebitStates()
  const handIn = useCommand(leaf.handIn)
  const collect = useCommand(leaf.collect)
  const cancel = useCommand(leaf.cancel)
  const [returned, setReturned] = useState<DebitItem | null>(null)
  const { id: runId, state, messageId: name } = shown
  const actions = useMemo(
    () => [
      defineAction(leaf.file, {
        label: () => t('billing.sepa.save'),
        key: 's',
        icon: IconDownload,
        when: () => may(leaf.file),
        run: async () => {
          const { fileName, xml } = await ask(core, leaf.file, { runId })
          saveFile(new TextEncoder().encode(xml), fileName, 'application/xml')
        },
      }),
      defineAction(leaf.handIn, {
        label: () => t('billing.sepa.handIn'),
        key: 'h',
        icon: IconBuildingBank,
        when: () => may(leaf.handIn) && state === 'open',
        run: async () => {
          await handIn.run({ runId })
          toasts.show({ text: t('billing.sepa.handedIn', { name }), tone: 'ok' })
        },
      }),
      defineAction(leaf.collect, {
        label: () => t('billing.sepa.collect'),
        key: 'o',
        icon: IconCheck,
        when: () => may(leaf.collect) && state === 'handed-in',
        run: async () => {
          await collect.run({ runId })
          toasts.show({ text: t('billing.sepa.collectedSaid', { name }), tone: 'ok' })
        },
      }),
      defineAction(leaf.cancel, {
        label: () => t('billing.sepa.cancel'),
        key: 'v',
        icon: IconTrash,
        danger: true,
        when: () => may(leaf.cancel) && state === 'open',
        run: async () => {
          await cancel.run({ runId })
          toasts.show({ text: t('billing.sepa.cancelledSaid', { name }), tone: 'ok' })
        },
      }),
    ],
    [t, core, may, toasts, handIn, collect, cancel, runId, state, name],
  )
  useActions(actions.map(action => bindAction(action, undefined)))
  const euros = (minor: bigint) => <Money minor={minor} currency="EUR" />
  return (
    <>
      <Fields
        fields={[
          [t('billing.sepa.stateName'), <StatusBadge key="s" {...states[state]} />],
          [t('billing.sepa.account'), shown.account],
          [t('billing.sepa.amount'), euros(shown.amount)],
          [t('billing.sepa.collected'), euros(shown.collected)],
          [t('billing.sepa.returned'), euros(shown.returned)],
          [t('billing.sepa.fileName'), shown.fileName],
          [t('billing.sepa.digest'), <code key="d">{shown.digest.slice(0, 16)}…</code>],
        ]}
      />
      <div className={classes.buttons}>
        {actions.map(action => (
          <OfferedButton key={action.id} action={action} context={undefined} />
        ))}
      </div>
      <Section title={t('billing.sepa.items')}>
        <table className={catalogue.table} aria-label={t('billing.sepa.items')}>
          <tbody>
            {shown.items.map(one => (
              <ItemLine
                key={one.id}
                one={one}
                onReturn={
                  (state === 'handed-in' || state === 'done') && may(leaf.returned)
                    ? () => setReturned(one)
                    : null
                }
              />
            ))}
          </tbody>
        </table>
      </Section>
      {returned ? <ReturnDialog one={returned} onClose={() => setReturned(null)} /> : null}
    </>
  )
}

function ItemLine({ one, onReturn }: { readonly one: DebitItem; readonly onReturn: (() => void) | null }) {
  const { t } = useTranslation()
  const payment = useHref(`/billing/payments?payment=${one.paymentId}`)
  return (
    <tr>
      <td>
        <a href={payment}>{one.number}</a>
        <div className={catalogue.facts}>
          {one.customer} · {one.mandate} · {one.sequence}
        </div>
      </td>
      <td>
        <StatusBadge tone={ITEM_TONES[one.state]} label={t(`billing.sepa.itemState.${one.state}`)} />
        {one.failure === null ? null : (
          <div className={catalogue.facts}>
            {t(`billing.payments.failure.${one.failure.code as 'unknown'}`)}
          </div>
        )}
      </td>
      <td data-align="end">
        <Money minor={one.amount} currency="EUR" />
      </td>
      <td data-align="end">
        {onReturn !== null && (one.state === 'pending' || one.state === 'collected') ? (
          <Button
            variant="subtle"
            size="compact-xs"
            aria-label={t('billing.sepa.returnOf', { name: one.number })}
            onClick={onReturn}
          >
            {t('billing.sepa.return')}
          </Button>
        ) : null}
      </td>
    </tr>
  )
}

const CODES = ['AM04', 'AC01', 'AC04', 'AC06', 'MD01', 'MD06', 'MD07', 'MS02', 'MS03'] as const

function ReturnDialog({ one, onClose }: { readonly one: DebitItem; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const returned = useCommand(leaf.returned)
  const [code, setCode] = useState<(typeof CODES)[number]>('AM04')
  const [text, setText] = useState('')
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.sepa.returnTitle', { name: one.customer })}
      submit={t('billing.sepa.return')}
      onSubmit={async () => {
        await returned.run({ itemId: one.id, code, text: text.trim() })
        toasts.show({ text: t('billing.sepa.returnedSaid', { name: one.customer }), tone: 'info' })
      }}
    >
      <p>{t('billing.sepa.returnText')}</p>
      <Select
        data-autofocus
        label={t('billing.sepa.code')}
        allowDeselect={false}
        data={CODES.map(value => ({ value, label: t(`billing.sepa.codes.${value}`) }))}
        value={code}
        onChange={value => setCode(CODES.find(known => known === value) ?? 'MS03')}
      />
      <TextInput
        label={t('billing.payments.whatBankSays')}
        maxLength={500}
        value={text}
        onChange={event => setText(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
