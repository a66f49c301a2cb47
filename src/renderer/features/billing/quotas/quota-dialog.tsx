import { Button, Select, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'

const { quota: leaf, metric: metrics } = contract.billing
const KINDS = ['plan', 'limit', 'unlimited'] as const
const AMOUNT = /^(0|[1-9]\d{0,17})(\.\d{1,12})?$/

interface Quota {
  readonly id: string
  readonly metric: string
  readonly allowance:
    | { readonly kind: 'plan' | 'unlimited' }
    | { readonly kind: 'limit'; readonly limit: string; readonly enforcement: 'soft' | 'hard' }
  readonly thresholds: readonly number[] | null
  readonly note: string
}

interface Props {
  readonly customer: { readonly id: string; readonly name: string }
  /** The key of the metric; null: it is chosen. */
  readonly metric: string | null
  readonly onClose: () => void
}

/** Says what one customer may use of a metric instead of what its plan says. */
export function QuotaDialog(props: Props) {
  const { t } = useTranslation()
  const quotas = useCoreQuery(leaf.list, { customerId: props.customer.id })
  const known = useCoreQuery(metrics.list, {})
  const [picked, setPicked] = useState(props.metric)
  if (!quotas.data || !known.data) return <LoadingState rows={2} />
  const choices = known.data.metrics.filter(one => one.active)
  const metric = picked ?? choices[0]?.key ?? ''
  const before = quotas.data.quotas.find(one => one.metric === metric) ?? null
  return (
    <QuotaForm
      key={metric}
      {...props}
      metric={metric}
      before={before as Quota | null}
      choose={
        <Select
          label={t('billing.quotas.quota.metric')}
          searchable
          allowDeselect={false}
          disabled={props.metric !== null}
          data={choices.map(one => ({ value: one.key, label: one.name }))}
          value={metric}
          onChange={setPicked}
        />
      }
    />
  )
}

function QuotaForm({
  customer,
  metric,
  before,
  choose,
  onClose,
}: Props & { readonly metric: string; readonly before: Quota | null; readonly choose: React.ReactNode }) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const set = useCommand(leaf.set)
  const remove = useCommand(leaf.remove)
  const [kind, setKind] = useState<(typeof KINDS)[number]>(before?.allowance.kind ?? 'limit')
  const [limit, setLimit] = useState(before?.allowance.kind === 'limit' ? before.allowance.limit : '')
  const [enforcement, setEnforcement] = useState<'soft' | 'hard'>(
    before?.allowance.kind === 'limit' ? before.allowance.enforcement : 'soft',
  )
  const [thresholds, setThresholds] = useState(before?.thresholds?.join(', ') ?? '')
  const [note, setNote] = useState(before?.note ?? '')
  const percents = thresholdsOf(thresholds)
  const ready = percents !== undefined && (kind !== 'limit' || AMOUNT.test(limit.trim()))
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t('billing.quotas.quota.title', { customer: customer.name })}
      submit={t('billing.quotas.quota.save')}
      ready={ready}
      onSubmit={async () => {
        const allowance =
          kind === 'limit' ? { kind, limit: limit.trim(), enforcement } : ({ kind } as { kind: typeof kind })
        await set.run({
          ...{ customerId: customer.id, metric, allowance: allowance as never, note: note.trim() },
          thresholds: percents ?? null,
        })
        toasts.show({ text: t('billing.quotas.quota.saved') })
      }}
    >
      {choose}
      <Select
        data-autofocus
        label={t('billing.quotas.quota.allowance')}
        allowDeselect={false}
        data={KINDS.map(value => ({ value, label: t(`billing.quotas.quota.${value}`) }))}
        value={kind}
        onChange={value => setKind(value as typeof kind)}
      />
      {kind === 'limit' ? (
        <>
          <TextInput
            label={t('billing.quotas.quota.amount')}
            required
            inputMode="decimal"
            value={limit}
            onChange={event => setLimit(event.currentTarget.value)}
          />
          <Select
            label={t('billing.quotas.quota.enforcement')}
            allowDeselect={false}
            data={(['soft', 'hard'] as const).map(value => ({
              value,
              label: t(`billing.quotas.quota.${value}`),
            }))}
            value={enforcement}
            onChange={value => setEnforcement(value as typeof enforcement)}
          />
        </>
      ) : null}
      <TextInput
        label={t('billing.quotas.quota.thresholds')}
        description={t('billing.quotas.quota.thresholdsHint', { usual: '80, 90, 100' })}
        value={thresholds}
        error={percents === undefined}
        onChange={event => setThresholds(event.currentTarget.value)}
      />
      <Textarea
        label={t('billing.quotas.quota.note')}
        autosize
        maxLength={500}
        value={note}
        onChange={event => setNote(event.currentTarget.value)}
      />
      {before ? (
        <Button
          variant="default"
          loading={remove.running}
          onClick={async () => {
            await remove.run({ quotaId: before.id })
            toasts.show({ text: t('billing.quotas.quota.removed') })
            onClose()
          }}
        >
          {t('billing.quotas.quota.remove')}
        </Button>
      ) : null}
    </FormDialog>
  )
}

/** Whole percents from 1 to 1000; null where nothing is said, undefined where it means nothing. */
export function thresholdsOf(text: string): number[] | null | undefined {
  const parts = text.split(/[\s,;]+/).filter(part => part !== '')
  if (parts.length === 0) return null
  if (parts.length > 10 || parts.some(part => !/^\d{1,4}$/.test(part))) return undefined
  const percents = parts.map(Number)
  const fine = new Set(percents).size === percents.length && percents.every(one => one >= 1 && one <= 1000)
  return fine ? percents : undefined
}
