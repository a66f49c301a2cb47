import { useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { Money } from '#renderer/ui/display/money.tsx'
import { contract } from '#shared/contract/index.ts'
import { type AllocationChoice, Allocations } from './allocations.tsx'
import type { Line } from './bank-lines.tsx'
import { CustomerSelect } from './customer-select.tsx'
import classes from './payments.module.css'

/** Says whose payment a line is, and what it settles. */
export function MatchDialog({ line, onClose }: { readonly line: Line; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const match = useCommand(contract.billing.bank.match)
  const [best] = line.suggestions
  const [customer, setCustomer] = useState<{ id: string; name: string } | null>(
    best ? { id: best.customerId, name: best.customer } : null,
  )
  const [choice, setChoice] = useState<AllocationChoice>({ allocations: [], ok: true })
  const change = useCallback((next: AllocationChoice) => setChoice(next), [])
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={t('billing.bank.matchTitle')}
      submit={t('billing.bank.match')}
      ready={customer !== null && choice.ok}
      onSubmit={async () => {
        if (!customer) return
        const commandId = newCommandId()
        const input = { lineId: line.id, customerId: customer.id, allocations: choice.allocations }
        await match.run(input, commandId)
        said(t('billing.bank.matched', { name: customer.name }), commandId)
      }}
    >
      <dl className={classes.facts}>
        <dt>{t('billing.payments.amount')}</dt>
        <dd>
          <Money minor={line.amount} currency={line.currency} />
        </dd>
        <dt>{t('billing.bank.name')}</dt>
        <dd>{line.name}</dd>
        <dt>{t('billing.bank.text')}</dt>
        <dd>{line.text}</dd>
      </dl>
      <CustomerSelect
        autoFocus
        label={t('billing.payments.customer')}
        value={customer}
        onChange={setCustomer}
      />
      {customer ? (
        <Allocations
          key={customer.id}
          customerId={customer.id}
          currency={line.currency}
          amount={line.amount}
          reference={line.text.slice(0, 500)}
          onChange={change}
        />
      ) : null}
    </FormDialog>
  )
}
