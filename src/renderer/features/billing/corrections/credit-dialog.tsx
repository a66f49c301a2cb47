import { SegmentedControl, Textarea, TextInput } from '@mantine/core'
import { keepPreviousData } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type InputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { FormDialog, FormError } from '#renderer/features/workspace/form.tsx'
import classes from '#renderer/features/workspace/workspace.module.css'
import { Money } from '#renderer/ui/display/money.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { minorOf, typedOf } from './amount.ts'
import { CreditLines, type TypedLines, wantedLines } from './credit-lines.tsx'
import { type Corrections, correction, type Subject } from './types.ts'
import { useToldOutcome } from './use-told-outcome.ts'

type Wanted = InputOf<typeof correction.preview>['wanted']
type How = Wanted['kind']

/** A credit note: how much, what becomes of money that was paid, what it comes to, who has to allow it. */
export function CreditDialog({
  subject,
  corrections,
  onClose,
}: {
  readonly subject: Subject
  readonly corrections: Corrections
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { currency, left } = corrections
  const told = useToldOutcome()
  const credit = useCommand(correction.credit)
  const [how, setHow] = useState<How>('whole')
  const [money, setMoney] = useState<'balance' | 'refund'>('balance')
  const [wallets, setWallets] = useState<'grants' | 'balance'>('grants')
  const [amount, setAmount] = useState(() => typedOf(left, currency))
  const [typed, setTyped] = useState<TypedLines>({})
  const [reason, setReason] = useState('')
  const wanted = useMemo<Wanted | null>(() => {
    if (how === 'whole') return { kind: 'whole' }
    if (how === 'amount') {
      const minor = minorOf(amount, currency)
      return minor === null || minor <= 0n ? null : { kind: 'amount', amount: minor }
    }
    const lines = wantedLines(corrections.lines, typed, currency)
    return lines && { kind: 'lines', lines }
  }, [how, amount, currency, corrections.lines, typed])
  const { invoiceId } = subject
  const preview = useCoreQuery(
    correction.preview,
    { invoiceId, wanted: wanted ?? { kind: 'whole' }, money, wallets },
    { enabled: wanted !== null, placeholderData: keepPreviousData },
  )
  const shown = wanted === null || preview.error ? undefined : preview.data
  return (
    <FormDialog
      opened
      size="md"
      onClose={onClose}
      title={t('billing.corrections.credit.title', subject)}
      submit={
        shown?.asks === false ? t('billing.corrections.credit.issue') : t('billing.corrections.credit.ask')
      }
      ready={shown !== undefined && reason.trim() !== ''}
      onSubmit={async () => {
        const given = { invoiceId, wanted: wanted!, money, wallets, reason: reason.trim() }
        told('credit', subject.number, await credit.run(given))
      }}
    >
      <SegmentedControl
        data-autofocus
        aria-label={t('billing.corrections.credit.how')}
        value={how}
        onChange={value => setHow(value as How)}
        data={[
          { value: 'whole', label: t('billing.corrections.credit.whole') },
          { value: 'amount', label: t('billing.corrections.credit.amount') },
          { value: 'lines', label: t('billing.corrections.credit.lines') },
        ]}
      />
      {how === 'amount' ? (
        <TextInput
          label={t('billing.corrections.credit.amountLabel', { currency })}
          inputMode="decimal"
          value={amount}
          error={wanted === null ? t('billing.corrections.credit.badAmount', { currency }) : undefined}
          onChange={event => setAmount(event.currentTarget.value)}
        />
      ) : null}
      {how === 'lines' ? (
        <CreditLines
          corrections={corrections}
          typed={typed}
          onType={(lineId, line) => setTyped(before => ({ ...before, [lineId]: line }))}
        />
      ) : null}
      {corrections.paid > 0n ? (
        <div>
          <p>{t('billing.corrections.credit.money')}</p>
          <SegmentedControl
            aria-label={t('billing.corrections.credit.money')}
            value={money}
            onChange={value => setMoney(value as typeof money)}
            data={[
              { value: 'balance', label: t('billing.corrections.credit.balance') },
              { value: 'refund', label: t('billing.corrections.credit.refund') },
            ]}
          />
        </div>
      ) : null}
      {corrections.fromWallets > 0n ? (
        <div>
          <p>{t('billing.corrections.credit.ofWallets')}</p>
          <SegmentedControl
            aria-label={t('billing.corrections.credit.ofWallets')}
            value={wallets}
            onChange={value => setWallets(value as typeof wallets)}
            data={[
              { value: 'grants', label: t('billing.corrections.credit.grants') },
              { value: 'balance', label: t('billing.corrections.credit.balance') },
            ]}
          />
        </div>
      ) : null}
      <Textarea
        label={t('billing.corrections.credit.reason')}
        autosize
        minRows={2}
        maxLength={2000}
        required
        value={reason}
        onChange={event => setReason(event.currentTarget.value)}
      />
      {wanted !== null && preview.error ? <FormError error={preview.error} /> : null}
      {shown ? <Preview preview={shown} /> : null}
    </FormDialog>
  )
}

type Shown = NonNullable<ReturnType<typeof useCoreQuery<typeof correction.preview>>['data']>

function Preview({ preview }: { readonly preview: Shown }) {
  const { t } = useTranslation()
  const { currency } = preview
  const money = (key: string, minor: bigint) => <Money key={key} minor={minor} currency={currency} />
  const sums = [
    ['net', preview.net],
    ['tax', preview.tax],
    ['total', preview.total],
  ] as const
  const goes = (
    [
      ['applied', preview.applied],
      ['refunded', preview.refunded],
      ['credited', preview.credited],
      ['returned', preview.returned],
      ['lapses', preview.lapses],
    ] as const
  ).filter(([, amount]) => amount > 0n)
  return (
    <div>
      <SmallTable
        label={t('billing.corrections.credit.preview')}
        head={[
          t('billing.corrections.credit.preview'),
          t('billing.corrections.credit.net'),
          t('billing.corrections.credit.tax'),
        ]}
        figures={[1, 2]}
        rows={preview.lines.map(line => [line.name, money('net', line.amount), money('tax', line.tax)])}
      />
      <SmallTable
        label={t('billing.corrections.credit.total')}
        head={[t('billing.corrections.credit.total'), currency]}
        figures={[1]}
        rows={[...sums, ...goes].map(([name, amount]) => [
          t(`billing.corrections.credit.${name}`),
          money(name, amount),
        ])}
      />
      <p className={classes.dim}>
        {preview.asks ? t('billing.corrections.credit.asks') : t('billing.corrections.credit.direct')}
      </p>
    </div>
  )
}
