import { Radio, Stack, TextInput } from '@mantine/core'
import { IconReceipt } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { When } from '#renderer/ui/display/when.tsx'
import { Fields, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState } from '#renderer/ui/page/states.tsx'
import type { InvoiceGrouping } from '#shared/contract/billing/arrangements.ts'
import { contract } from '#shared/contract/index.ts'
import { minorOf, typedOf } from '../corrections/amount.ts'

const { arrangement: leaf } = contract.billing
const GROUPINGS = ['together', 'by-subscription'] as const

interface ChangeContext {
  readonly label: string
  readonly may: boolean
  readonly run: () => void
}

const changeArrangement = defineAction<ChangeContext>(leaf.set, {
  label: ({ label }) => label,
  key: 'shift+m',
  icon: IconReceipt,
  when: ({ may }) => may,
  run: ({ run }) => run(),
})

/** How the invoices of a customer are made: of which subscriptions, the least that a month comes to, who said it. */
export function ArrangementSection({ customerId }: { readonly customerId: string }) {
  const { t } = useTranslation()
  const may = useMay()
  const query = useCoreQuery(leaf.get, { customerId })
  const [changing, setChanging] = useState(false)
  const { data } = query
  return (
    <Section
      title={t('billing.arrangement.title')}
      aside={
        data ? (
          <OfferedButton
            action={changeArrangement}
            context={{
              label: t('billing.arrangement.change'),
              may: may(leaf.set),
              run: () => setChanging(true),
            }}
          />
        ) : null
      }
    >
      {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {data ? (
        <Fields
          fields={[
            [t('billing.arrangement.invoices'), t(`billing.arrangement.grouping.${data.invoices}`)],
            [
              t('billing.arrangement.minimum'),
              data.least ? (
                <span key="least">
                  <Money minor={data.least.amount} currency={data.least.currency} />{' '}
                  {t(`billing.arrangement.of.${data.least.of}`)}
                </span>
              ) : (
                t(data.minimum === null ? 'billing.arrangement.none' : 'billing.arrangement.noneHere')
              ),
            ],
            ...(data.changed
              ? [
                  [
                    t('billing.arrangement.changed'),
                    <span key="changed">
                      {data.changed.by?.name ?? t('billing.arrangement.bySelf')},{' '}
                      <When at={data.changed.at} />
                    </span>,
                  ] as const,
                ]
              : []),
          ]}
        />
      ) : null}
      {data && changing ? (
        <ArrangementDialog
          customerId={customerId}
          currency={data.currency}
          minimum={data.minimum}
          invoices={data.invoices}
          onClose={() => setChanging(false)}
        />
      ) : null}
    </Section>
  )
}

function ArrangementDialog(props: {
  readonly customerId: string
  readonly currency: string
  readonly minimum: bigint | null
  readonly invoices: InvoiceGrouping
  readonly onClose: () => void
}) {
  const { customerId, currency, onClose } = props
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const { run } = useCommand(leaf.set)
  const [typed, setTyped] = useState(props.minimum === null ? '' : typedOf(props.minimum, currency))
  const [invoices, setInvoices] = useState(props.invoices)
  const minimum = typed.trim() === '' ? null : minorOf(typed, currency)
  const bad = typed.trim() !== '' && (minimum === null || minimum < 0n)
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.arrangement.dialogTitle')}
      submit={t('billing.arrangement.save')}
      ready={!bad}
      onSubmit={async () => {
        const commandId = newCommandId()
        await run({ customerId, minimum, invoices }, commandId)
        said(t('billing.arrangement.saved'), commandId)
      }}
    >
      <Radio.Group
        label={t('billing.arrangement.invoices')}
        description={t('billing.arrangement.invoicesHint')}
        value={invoices}
        onChange={value => setInvoices(value as InvoiceGrouping)}
      >
        <Stack gap="xs" mt="xs">
          {GROUPINGS.map(value => (
            <Radio
              key={value}
              value={value}
              {...(value === props.invoices ? { 'data-autofocus': true } : {})}
              label={t(`billing.arrangement.grouping.${value}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <TextInput
        label={t('billing.arrangement.amount', { currency })}
        description={t('billing.arrangement.amountHint')}
        inputMode="decimal"
        value={typed}
        error={bad ? t('billing.arrangement.badAmount') : undefined}
        onChange={event => setTyped(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
