import { ActionIcon, Select, Switch, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { defineAction } from '#renderer/ui/actions/action.ts'
import { OfferedButton } from '#renderer/ui/actions/use-actions.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { AmountText, Key } from '#shared/contract/billing/values.ts'
import classes from '../catalogue.module.css'
import type { MetricShown } from '../words.ts'
import { nextId } from './charge-draft.ts'
import type { EntitlementDraft } from './draft.ts'

const KINDS = ['boolean', 'static', 'metered'] as const
const ENFORCEMENTS = ['soft', 'hard'] as const

/** What a version allows: features, values, and so much of a metric. */
export function EntitlementsEditor({
  drafts,
  metrics,
  onChange,
}: {
  readonly drafts: readonly EntitlementDraft[]
  readonly metrics: readonly MetricShown[]
  readonly onChange: (drafts: EntitlementDraft[]) => void
}) {
  const { t } = useTranslation()
  const put = (id: number, part: Partial<EntitlementDraft>) =>
    onChange(drafts.map(one => (one.id === id ? { ...one, ...part } : one)))
  const add = () =>
    onChange([
      ...drafts,
      {
        ...{ id: nextId(), kind: 'boolean', key: '', allowed: true, value: '', limit: '' },
        enforcement: 'soft',
      },
    ])
  return (
    <Section
      title={t('billing.editor.entitlements')}
      aside={
        <OfferedButton
          action={defineAction('ui.billing.version.addEntitlement', {
            label: () => t('billing.editor.addEntitlement'),
            key: 'a',
            icon: IconPlus,
            run: add,
          })}
          context={undefined}
        />
      }
    >
      {drafts.map(draft => (
        <div key={draft.id} className={classes.entitlement}>
          <Select
            aria-label={t('billing.editor.kind')}
            allowDeselect={false}
            data={KINDS.map(value => ({ value, label: t(`billing.editor.kinds.${value}`) }))}
            value={draft.kind}
            onChange={kind => put(draft.id, { kind: kind as EntitlementDraft['kind'], key: '' })}
          />
          {draft.kind === 'metered' ? (
            <Select
              aria-label={t('billing.editor.metric')}
              placeholder={t('billing.editor.metric')}
              searchable
              data={metrics.map(one => ({ value: one.key, label: one.name }))}
              value={draft.key || null}
              onChange={key => put(draft.id, { key: key ?? '' })}
            />
          ) : (
            <TextInput
              aria-label={t('billing.editor.key')}
              placeholder={t('billing.editor.key')}
              value={draft.key}
              error={draft.key !== '' && !Key.safeParse(draft.key).success}
              onChange={event => put(draft.id, { key: event.currentTarget.value })}
            />
          )}
          {draft.kind === 'boolean' ? (
            <Switch
              aria-label={draft.key || t('billing.editor.value')}
              label={t(draft.allowed ? 'billing.plans.allowed' : 'billing.plans.notAllowed')}
              checked={draft.allowed}
              onChange={event => put(draft.id, { allowed: event.currentTarget.checked })}
            />
          ) : draft.kind === 'static' ? (
            <TextInput
              aria-label={t('billing.editor.value')}
              placeholder={t('billing.editor.value')}
              maxLength={200}
              value={draft.value}
              onChange={event => put(draft.id, { value: event.currentTarget.value })}
            />
          ) : (
            <TextInput
              aria-label={t('billing.editor.limit')}
              placeholder={t('billing.plans.unlimited')}
              value={draft.limit}
              error={draft.limit.trim() !== '' && !AmountText.safeParse(draft.limit.trim()).success}
              onChange={event => put(draft.id, { limit: event.currentTarget.value })}
            />
          )}
          {draft.kind === 'metered' ? (
            <Select
              aria-label={t('billing.editor.enforcement')}
              allowDeselect={false}
              data={ENFORCEMENTS.map(value => ({ value, label: t(`billing.plans.${value}`) }))}
              value={draft.enforcement}
              onChange={value => put(draft.id, { enforcement: value as 'soft' | 'hard' })}
            />
          ) : (
            <span />
          )}
          <ActionIcon
            aria-label={t('billing.editor.removeEntitlement', { key: draft.key })}
            onClick={() => onChange(drafts.filter(one => one.id !== draft.id))}
          >
            <IconTrash size={16} />
          </ActionIcon>
        </div>
      ))}
    </Section>
  )
}
