import { NumberInput, Select, TextInput } from '@mantine/core'
import { IconArrowLeft, IconDeviceFloppy, IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { newCommandId, type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useSession } from '#renderer/app/shell/session.ts'
import { FormError } from '#renderer/features/workspace/form.tsx'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { Page, Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { USUAL_TRIAL_DAYS } from '#shared/contract/billing/catalog.ts'
import { type Interval, Key } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { PLANS_PATH } from '../paths.ts'
import type { MetricShown } from '../words.ts'
import { draftOf, emptyPrice, entitlementDrafts, entitlementOf, priceOf, problemsOf } from './draft.ts'
import { EntitlementsEditor } from './entitlements-editor.tsx'
import { PriceEditor } from './price-editor.tsx'

const { plan: leaf, metric } = contract.billing
const INTERVALS = ['week', 'month', 'quarter', 'year'] as const
const CYCLES: Readonly<Record<string, Interval>> = {
  ...{ weekly: 'week', monthly: 'month', quarterly: 'quarter', yearly: 'year' },
}
const ALIGNMENTS = ['calendar', 'anniversary'] as const

/** The next version of a plan: it begins with what the newest one says. */
export function VersionEditorPage({ planId }: { readonly planId: string }) {
  const { t } = useTranslation()
  const plan = useCoreQuery(leaf.get, { planId })
  const metrics = useCoreQuery(metric.list, {})
  const session = useSession()
  const settings = useCoreQuery(contract.workspace.settings.list, {})
  const cycle = settings.data?.settings.find(one => one.name === 'billing.cycle')?.value
  const error = plan.error ?? metrics.error ?? settings.error
  if (plan.data && metrics.data && settings.data)
    return (
      <Editor
        plan={plan.data}
        usual={CYCLES[String(cycle)] ?? 'month'}
        metrics={metrics.data.metrics}
        currency={plan.data.latest?.prices[0]?.currency ?? session.workspace.currency}
      />
    )
  return (
    <Page title={t('billing.plans.newVersion')}>
      {error ? <ErrorState centred error={error} /> : <LoadingState />}
    </Page>
  )
}

function Editor({
  plan,
  usual,
  metrics,
  currency,
}: {
  readonly plan: OutputOf<typeof leaf.get>
  /** How often a plan is billed of which nothing is said yet. */
  readonly usual: Interval
  readonly metrics: readonly MetricShown[]
  readonly currency: string
}) {
  const { t } = useTranslation()
  const go = useGo()
  const said = useSaidWithUndo()
  const add = useCommand(leaf.addVersion)
  const { latest } = plan
  const [interval, setBilled] = useState(latest?.interval ?? usual)
  const [alignment, setAlignment] = useState(latest?.alignment ?? 'calendar')
  const [trialDays, setTrialDays] = useState(latest?.trialDays ?? USUAL_TRIAL_DAYS)
  const [note, setNote] = useState('')
  const [prices, setPrices] = useState(() => latest?.prices.map(draftOf) ?? [emptyPrice(currency)])
  const [allowed, setAllowed] = useState(() => entitlementDrafts(latest))
  const [error, setError] = useState<unknown>(null)
  const byId = new Map(metrics.map(one => [one.id, one]))
  const number = (latest?.number ?? 0) + 1
  const keys = prices.map(draft => `${draft.currency} ${priceOf(draft)?.key}`)
  const fine =
    prices.every(draft => problemsOf(draft, byId)?.length === 0) &&
    new Set(keys).size === keys.length &&
    allowed.every(one => Key.safeParse(one.key).success) &&
    new Set(allowed.map(one => one.key)).size === allowed.length
  const typed = JSON.stringify([interval, alignment, trialDays, note, prices, allowed])
  const [untouched] = useState(typed)
  const [leaving, setLeaving] = useState(false)
  const leave = () => go(`${PLANS_PATH}?plan=${plan.id}`)
  const save = async () => {
    const commandId = newCommandId()
    setError(null)
    try {
      await add.run(
        {
          ...{ planId: plan.id, interval, alignment, trialDays, note: note.trim() },
          prices: prices.flatMap(draft => priceOf(draft) ?? []),
          entitlements: allowed.map(entitlementOf),
        },
        commandId,
      )
      leave()
      said(t('billing.editor.saved', { number, name: plan.name }), commandId)
    } catch (failure) {
      setError(failure)
    }
  }
  return (
    <Page
      title={t('billing.editor.title', { name: plan.name })}
      subtitle={latest ? t('billing.editor.from', { number: latest.number }) : undefined}
      text
      actions={
        <>
          <OfferedButton
            action={defineAction('ui.billing.version.leave', {
              label: () => t('billing.editor.leave'),
              key: 'b',
              icon: IconArrowLeft,
              run: () => (typed === untouched ? leave() : setLeaving(true)),
            })}
            context={undefined}
          />
          <OfferedButton
            primary
            disabled={!fine}
            loading={add.running}
            action={defineAction(leaf.addVersion, {
              label: () => t('billing.editor.save', { number }),
              key: 'mod+s',
              icon: IconDeviceFloppy,
              run: save,
            })}
            context={undefined}
          />
        </>
      }
    >
      <p className={classes.lead}>{t('billing.editor.text')}</p>
      <FormError error={error} />
      <div className={classes.fieldsRow}>
        <Select
          label={t('billing.editor.interval')}
          allowDeselect={false}
          data={INTERVALS.map(value => ({ value, label: t(`billing.interval.${value}`) }))}
          value={interval}
          onChange={value => setBilled(value as typeof interval)}
        />
        <Select
          label={t('billing.editor.alignment')}
          allowDeselect={false}
          data={ALIGNMENTS.map(value => ({ value, label: t(`billing.alignment.${value}`) }))}
          value={alignment}
          onChange={value => setAlignment(value as typeof alignment)}
        />
        <NumberInput
          label={t('billing.editor.trialDays')}
          value={trialDays}
          min={0}
          max={365}
          allowDecimal={false}
          onChange={value => typeof value === 'number' && setTrialDays(value)}
        />
      </div>
      <TextInput
        mt="sm"
        label={t('billing.editor.note')}
        description={t('billing.editor.noteHint')}
        maxLength={500}
        value={note}
        onChange={event => setNote(event.currentTarget.value)}
      />
      <Section
        title={t('billing.editor.prices')}
        aside={
          <OfferedButton
            action={defineAction('ui.billing.version.addPrice', {
              label: () => t('billing.editor.addPrice'),
              key: 'n',
              icon: IconPlus,
              run: () => setPrices([...prices, emptyPrice(currency)]),
            })}
            context={undefined}
          />
        }
      >
        {metrics.length === 0 ? <p>{t('billing.editor.noMetrics')}</p> : null}
        {prices.map(draft => (
          <PriceEditor
            key={draft.id}
            draft={draft}
            metrics={metrics}
            onChange={next => setPrices(prices.map(one => (one.id === draft.id ? next : one)))}
            onRemove={() => setPrices(prices.filter(one => one.id !== draft.id))}
          />
        ))}
      </Section>
      <EntitlementsEditor drafts={allowed} metrics={metrics} onChange={setAllowed} />
      <Confirm
        opened={leaving}
        onClose={() => setLeaving(false)}
        title={t('billing.editor.leaveTitle')}
        confirm={t('billing.editor.leave')}
        danger
        onConfirm={leave}
      >
        <p>{t('billing.editor.leaveText')}</p>
      </Confirm>
    </Page>
  )
}
