import { Checkbox, MultiSelect, NumberInput, Select, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { CURRENCY_OPTIONS } from '#renderer/features/workspace/choices.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { dayOf } from '#renderer/ui/format/time.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import type { Coupon } from '#shared/contract/billing/coupons.ts'
import { AmountText } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { minorOf } from '../corrections/amount.ts'
import { startOfDay } from '../subscriptions/at-choice.tsx'

const { coupon: leaf } = contract.billing
const KINDS = ['percent', 'amount'] as const
const DURATIONS = ['once', 'months', 'forever'] as const
const CODE = /^[A-Z0-9]+(?:[-_][A-Z0-9]+)*$/

/** Adds a coupon, or changes its words and who can still get it. */
export function CouponDialog({
  coupon,
  onClose,
}: {
  readonly coupon: Coupon | null
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const { zone } = useFormat()
  const create = useCommand(leaf.create)
  const edit = useCommand(leaf.edit)
  const said = useSaidWithUndo()
  const plans = useCoreQuery(contract.billing.plan.list, {})
  const metrics = useCoreQuery(contract.billing.metric.list, {})
  const dayText = (at: bigint | null | undefined) => (at == null ? '' : dayOf(Number(at), zone))
  const [typed, setCode] = useState('')
  const [name, setName] = useState(coupon?.name ?? '')
  const [kind, setKind] = useState<(typeof KINDS)[number]>('percent')
  const [percent, setPercent] = useState('')
  const [amount, setAmount] = useState('')
  const [currency, setCurrency] = useState('USD')
  const [duration, setDuration] = useState<(typeof DURATIONS)[number]>('once')
  const [months, setMonths] = useState(3)
  const [planIds, setPlanIds] = useState<string[]>([])
  const [metricIds, setMetricIds] = useState<string[]>([])
  const [oneOffs, setOneOffs] = useState(false)
  const [from, setFrom] = useState(dayText(coupon?.validFrom))
  const [until, setUntil] = useState(dayText(coupon?.validUntil))
  const [most, setMost] = useState<number | ''>(coupon?.most ?? '')
  const [mostEach, setMostEach] = useState<number | ''>(coupon ? (coupon.mostEach ?? '') : 1)
  const code = typed.trim().toUpperCase()
  const badCode = code !== '' && !CODE.test(code)
  const minor = minorOf(amount, currency)
  const off =
    kind === 'percent'
      ? AmountText.safeParse(percent.trim()).success
        ? { kind, percent: percent.trim() }
        : null
      : minor !== null && minor > 0n
        ? { kind, amount: minor, currency }
        : null
  const validFrom = from === '' ? null : startOfDay(from, zone)
  const validUntil = until === '' ? null : startOfDay(until, zone)
  // What is charged once is of no plan and no metric.
  const everything = planIds.length === 0 && metricIds.length === 0
  const ready = name.trim() !== '' && (coupon !== null || (code !== '' && !badCode && off !== null))
  return (
    <FormDialog
      opened
      onClose={onClose}
      size="md"
      title={coupon ? t('billing.coupons.editTitle', { code: coupon.code }) : t('billing.coupons.addTitle')}
      submit={coupon ? t('billing.coupons.save') : t('billing.coupons.add')}
      ready={ready}
      onSubmit={async () => {
        const commandId = newCommandId()
        const limits = { validFrom, validUntil, most: most || null, mostEach: mostEach || null }
        const words = { name: name.trim(), ...limits }
        if (coupon) await edit.run({ couponId: coupon.id, ...words }, commandId)
        else if (off)
          await create.run(
            {
              ...{ code, off, ...words },
              months: duration === 'forever' ? null : duration === 'once' ? 1 : months,
              planIds: planIds.length > 0 ? planIds : null,
              metricIds: metricIds.length > 0 ? metricIds : null,
              oneOffs: oneOffs && everything,
            },
            commandId,
          )
        said(
          t(coupon ? 'billing.coupons.saved' : 'billing.coupons.added', { code: coupon?.code ?? code }),
          commandId,
        )
      }}
    >
      {coupon ? null : (
        <TextInput
          data-autofocus
          label={t('billing.coupons.code')}
          description={t('billing.coupons.codeHint')}
          maxLength={40}
          value={typed}
          error={badCode ? t('billing.coupons.badCode') : undefined}
          onChange={event => setCode(event.currentTarget.value)}
        />
      )}
      <TextInput
        {...(coupon ? { 'data-autofocus': true } : {})}
        label={t('billing.coupons.name')}
        maxLength={120}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      {coupon ? null : (
        <>
          <div className={classes.fieldsRow}>
            <Select
              label={t('billing.coupons.offKind')}
              allowDeselect={false}
              data={KINDS.map(value => ({ value, label: t(`billing.coupons.offKinds.${value}`) }))}
              value={kind}
              onChange={value => setKind(value as typeof kind)}
            />
            {kind === 'percent' ? (
              <TextInput
                label={t('billing.coupons.percent')}
                inputMode="decimal"
                value={percent}
                error={percent !== '' && off === null}
                onChange={event => setPercent(event.currentTarget.value)}
              />
            ) : (
              <>
                <TextInput
                  label={t('billing.coupons.amount')}
                  inputMode="decimal"
                  value={amount}
                  error={amount !== '' && off === null}
                  onChange={event => setAmount(event.currentTarget.value)}
                />
                <Select
                  label={t('billing.coupons.currency')}
                  searchable
                  limit={60}
                  allowDeselect={false}
                  data={CURRENCY_OPTIONS}
                  value={currency}
                  onChange={value => value && setCurrency(value)}
                />
              </>
            )}
          </div>
          <div className={classes.fieldsRow}>
            <Select
              label={t('billing.coupons.duration')}
              allowDeselect={false}
              data={DURATIONS.map(value => ({ value, label: t(`billing.coupons.durations.${value}`) }))}
              value={duration}
              onChange={value => setDuration(value as typeof duration)}
            />
            {duration === 'months' ? (
              <NumberInput
                label={t('billing.coupons.months')}
                min={1}
                max={120}
                allowDecimal={false}
                value={months}
                onChange={value => setMonths(Number(value) || 1)}
              />
            ) : null}
          </div>
          <MultiSelect
            label={t('billing.coupons.plans')}
            searchable
            data={(plans.data?.plans ?? []).map(plan => ({ value: plan.id, label: plan.name }))}
            value={planIds}
            onChange={setPlanIds}
          />
          <MultiSelect
            label={t('billing.coupons.metrics')}
            searchable
            data={(metrics.data?.metrics ?? []).map(metric => ({ value: metric.id, label: metric.name }))}
            value={metricIds}
            onChange={setMetricIds}
          />
          <Checkbox
            label={t('billing.coupons.oneOffs')}
            description={t('billing.coupons.oneOffsHint')}
            disabled={!everything}
            checked={oneOffs && everything}
            onChange={event => setOneOffs(event.currentTarget.checked)}
          />
        </>
      )}
      <div className={classes.fieldsRow}>
        <TextInput
          type="date"
          label={t('billing.coupons.validFrom')}
          title={t('billing.coupons.validHint')}
          value={from}
          onChange={event => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('billing.coupons.validUntil')}
          title={t('billing.coupons.validHint')}
          value={until}
          onChange={event => setUntil(event.currentTarget.value)}
        />
        <NumberInput
          label={t('billing.coupons.most')}
          title={t('billing.coupons.mostHint')}
          min={1}
          allowDecimal={false}
          value={most}
          onChange={value => setMost(Number(value) || '')}
        />
        <NumberInput
          label={t('billing.coupons.mostEach')}
          title={t('billing.coupons.mostHint')}
          min={1}
          max={1000}
          allowDecimal={false}
          value={mostEach}
          onChange={value => setMostEach(Number(value) || '')}
        />
      </div>
      <p>{t('billing.coupons.fixed')}</p>
    </FormDialog>
  )
}
