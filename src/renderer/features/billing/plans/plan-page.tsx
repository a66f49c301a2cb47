import { IconArrowLeft, IconArrowsExchange, IconPencil, IconPlus, IconPower } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { newCommandId, type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { Comments } from '#renderer/features/workspace/comments/comments.tsx'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { StatusBadge } from '#renderer/ui/display/status-badge.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { Page, Section } from '#renderer/ui/page/page.tsx'
import { EmptyState, ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'
import { PLANS_PATH } from '../paths.ts'
import { TrialRule } from '../subscriptions/trial-rule.tsx'
import type { MetricShown, VersionShown } from '../words.ts'
import { PlanDialog } from './plan-dialog.tsx'
import { PriceTables } from './price-table.tsx'

const { plan: leaf, metric } = contract.billing
type Plan = OutputOf<typeof leaf.get>

/** One plan: its versions side by side, what each costs and what it allows. */
export function PlanPage({ planId }: { readonly planId: string }) {
  const { t } = useTranslation()
  const query = useCoreQuery(leaf.get, { planId })
  const metrics = useCoreQuery(metric.list, {})
  const error = query.error ?? metrics.error
  if (query.data && metrics.data) return <Shown plan={query.data} metrics={metrics.data.metrics} />
  return (
    <Page title={t('billing.screen.plans')}>
      {error ? <ErrorState centred error={error} onRetry={() => void query.refetch()} /> : <LoadingState />}
    </Page>
  )
}

function Shown({ plan, metrics }: { readonly plan: Plan; readonly metrics: readonly MetricShown[] }) {
  const { t } = useTranslation()
  const go = useGo()
  const may = useMay()
  const said = useSaidWithUndo()
  const setActive = useCommand(leaf.setActive)
  const [asked, setAsked] = useState<'edit' | 'deactivate' | null>(null)
  const byId = useMemo(() => new Map(metrics.map(one => [one.id, one])), [metrics])
  const change = async (active: boolean) => {
    const commandId = newCommandId()
    await setActive.run({ planId: plan.id, active }, commandId)
    said(t('billing.plans.saved', { name: plan.name }), commandId)
  }
  const actions = {
    version: defineAction(leaf.addVersion, {
      label: () => t('billing.plans.newVersion'),
      key: 'v',
      icon: IconPlus,
      when: () => may(leaf.addVersion),
      run: () => go(`${PLANS_PATH}?plan=${plan.id}&edit=1`),
    }),
    edit: defineAction(leaf.edit, {
      label: () => t('billing.plans.edit'),
      key: 'e',
      icon: IconPencil,
      when: () => may(leaf.edit),
      run: () => setAsked('edit'),
    }),
    active: defineAction(leaf.setActive, {
      label: () => t(plan.active ? 'billing.plans.deactivate' : 'billing.plans.activate'),
      key: 'd',
      icon: IconPower,
      when: () => may(leaf.setActive),
      run: () => (plan.active ? setAsked('deactivate') : change(true)),
    }),
    move: defineAction(leaf.migration, {
      label: () => t('billing.pricing.migration.title'),
      key: 'm',
      icon: IconArrowsExchange,
      when: () => plan.versions.length > 1 && may(leaf.migration),
      run: () => go(`${PLANS_PATH}?plan=${plan.id}&move=1`),
    }),
    back: defineAction('ui.billing.plan.back', {
      label: () => t('billing.plans.back'),
      key: 'b',
      icon: IconArrowLeft,
      run: () => go(PLANS_PATH),
    }),
  }
  useActions(Object.values(actions).map(action => bindAction(action, undefined)))
  return (
    <Page
      title={plan.name}
      subtitle={
        <StatusBadge
          tone={plan.active ? 'ok' : 'neutral'}
          label={t(plan.active ? 'billing.plans.active' : 'billing.plans.inactive')}
        />
      }
      answer={
        <span>
          {plan.description ? `${plan.description} ` : ''}
          {t('billing.plans.subscribed')}: {plan.subscriptions}
        </span>
      }
      actions={
        <>
          <ActionButton action={actions.back} context={undefined} />
          <ActionButton action={actions.edit} context={undefined} />
          <ActionButton action={actions.move} context={undefined} />
          <ActionButton action={actions.active} context={undefined} />
          <ActionButton action={actions.version} context={undefined} primary />
        </>
      }
    >
      <div className={classes.padded}>
        {plan.versions.length === 0 ? (
          <EmptyState
            title={t('billing.plans.noVersion')}
            text={t('billing.plans.noVersionText')}
            actions={<ActionButton action={actions.version} context={undefined} primary />}
          />
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: many versions scroll sideways, also by keyboard
          <section className={classes.versions} aria-label={t('billing.plans.versions')} tabIndex={0}>
            {plan.versions.map((version, index) => (
              <Version
                key={version.id}
                version={version}
                before={plan.versions[index + 1] ?? null}
                newest={index === 0}
                metrics={byId}
              />
            ))}
          </section>
        )}
        <TrialRule planId={plan.id} plan={plan.name} />
        <Comments about={{ entity: 'plan', id: plan.id }} />
      </div>
      {asked === 'edit' ? <PlanDialog plan={plan} onClose={() => setAsked(null)} /> : null}
      <Confirm
        opened={asked === 'deactivate'}
        onClose={() => setAsked(null)}
        title={t('billing.plans.deactivateTitle', { name: plan.name })}
        confirm={t('billing.plans.deactivate')}
        danger
        onConfirm={() => change(false)}
      >
        <p>{t('billing.plans.deactivateText')}</p>
      </Confirm>
    </Page>
  )
}

function Version({
  version,
  before,
  newest,
  metrics,
}: {
  readonly version: VersionShown
  readonly before: VersionShown | null
  readonly newest: boolean
  readonly metrics: ReadonlyMap<string, MetricShown>
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const facts = [
    t('billing.customer.billed', {
      interval: t(`billing.interval.${version.interval}`),
      alignment: t(`billing.alignment.${version.alignment}`),
    }),
    version.trialDays > 0
      ? `${t('billing.plans.trial')}: ${t('billing.plans.trialDays', { count: version.trialDays })}`
      : null,
    t('billing.plans.made', { day: format.instant(version.createdAt, 'day') }),
  ].filter(fact => fact !== null)
  return (
    <div>
      <Section
        title={t('billing.plans.versionOf', { number: version.number })}
        aside={newest ? <span className={classes.mark}>{t('billing.plans.newest')}</span> : null}
      >
        <p className={classes.facts}>{facts.join(' · ')}</p>
        {version.note ? <p>{version.note}</p> : null}
        <PriceTables version={version} before={before} metrics={metrics} />
      </Section>
      <Section title={t('billing.plans.entitlements')}>
        <Entitlements version={version} metrics={metrics} />
      </Section>
    </div>
  )
}

function Entitlements({
  version,
  metrics,
}: {
  readonly version: VersionShown
  readonly metrics: ReadonlyMap<string, MetricShown>
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const byKey = new Map([...metrics.values()].map(one => [one.key, one]))
  if (version.entitlements.length === 0) return <p>{t('billing.plans.noEntitlements')}</p>
  return (
    <table className={classes.table}>
      <tbody>
        {version.entitlements.map(one => (
          <tr key={one.key}>
            <td>{one.kind === 'metered' ? (byKey.get(one.key)?.name ?? one.key) : one.key}</td>
            <td>
              {one.kind === 'boolean'
                ? t(one.allowed ? 'billing.plans.allowed' : 'billing.plans.notAllowed')
                : one.kind === 'static'
                  ? one.value
                  : one.limit === null
                    ? t('billing.plans.unlimited')
                    : `${format.decimal(one.limit)} ${byKey.get(one.key)?.unit ?? ''} ${t('billing.plans.perPeriod')}`}
            </td>
            <td className={classes.dim}>
              {one.kind === 'metered' && one.limit !== null ? t(`billing.plans.${one.enforcement}`) : ''}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
