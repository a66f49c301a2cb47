import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { Fields, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { minorOf, typedOf } from '../corrections/amount.ts'

const { arrangement: leaf } = contract.billing

/** How the invoices of a customer are made: the least that a month comes to. */
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
        data && may(leaf.set) ? (
          <Button variant="default" size="compact-sm" onClick={() => setChanging(true)}>
            {t('billing.arrangement.change')}
          </Button>
        ) : null
      }
    >
      {query.error ? <ErrorState error={query.error} onRetry={() => void query.refetch()} /> : null}
      {data ? (
        <Fields
          fields={[
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
          ]}
        />
      ) : null}
      {data && changing ? (
        <MinimumDialog
          customerId={customerId}
          currency={data.currency}
          minimum={data.minimum}
          onClose={() => setChanging(false)}
        />
      ) : null}
    </Section>
  )
}

function MinimumDialog(props: {
  readonly customerId: string
  readonly currency: string
  readonly minimum: bigint | null
  readonly onClose: () => void
}) {
  const { customerId, currency, onClose } = props
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const { run } = useCommand(leaf.set)
  const [typed, setTyped] = useState(props.minimum === null ? '' : typedOf(props.minimum, currency))
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
        await run({ customerId, minimum }, commandId)
        said(t('billing.arrangement.saved'), commandId)
      }}
    >
      <TextInput
        data-autofocus
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
