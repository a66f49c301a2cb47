import { Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { CURRENCY_OPTIONS } from '#renderer/features/workspace/choices.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat, useNow } from '#renderer/ui/format/use-format.tsx'
import type { ExchangeRate } from '#shared/contract/billing/exchange.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'

const RATE = /^(0|[1-9]\d{0,11})(\.\d{1,12})?$/

/** Says what a rate is; one that is there is replaced. */
export function RateDialog({
  rate,
  onClose,
}: {
  readonly rate: ExchangeRate | null
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow()
  const said = useSaidWithUndo()
  const { run } = useCommand(contract.billing.exchange.set)
  const [base, setBase] = useState(rate?.base ?? 'EUR')
  const [quote, setQuote] = useState(rate?.quote ?? 'USD')
  const [day, setDay] = useState(rate?.day ?? dayOf(now, format.zone))
  const [value, setValue] = useState(rate?.rate ?? '')
  const [source, setSource] = useState(rate?.source ?? '')
  const typed = value.trim().replace(',', '.')
  const badRate = typed !== '' && !(RATE.test(typed) && /[1-9]/.test(typed))
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.exchange.addTitle')}
      submit={t('billing.exchange.save')}
      ready={typed !== '' && !badRate && base !== quote && day !== '' && source.trim() !== ''}
      onSubmit={async () => {
        const commandId = newCommandId()
        await run({ base, quote, day, rate: typed, source: source.trim() }, commandId)
        said(t('billing.exchange.saved', { base, quote, day: format.day(day) }), commandId)
      }}
    >
      <div className={classes.two}>
        <Select
          label={t('billing.exchange.base')}
          searchable
          limit={60}
          allowDeselect={false}
          disabled={rate !== null}
          data={CURRENCY_OPTIONS}
          value={base}
          onChange={next => next && setBase(next)}
        />
        <Select
          label={t('billing.exchange.quote')}
          searchable
          limit={60}
          allowDeselect={false}
          disabled={rate !== null}
          data={CURRENCY_OPTIONS}
          value={quote}
          error={base === quote ? t('billing.exchange.sameCurrency') : undefined}
          onChange={next => next && setQuote(next)}
        />
      </div>
      <div className={classes.two}>
        <TextInput
          data-autofocus
          label={t('billing.exchange.rate')}
          inputMode="decimal"
          value={value}
          error={badRate ? t('billing.exchange.badRate') : undefined}
          onChange={event => setValue(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('billing.exchange.day')}
          disabled={rate !== null}
          value={day}
          onChange={event => setDay(event.currentTarget.value)}
        />
      </div>
      <TextInput
        label={t('billing.exchange.source')}
        maxLength={200}
        value={source}
        onChange={event => setSource(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
