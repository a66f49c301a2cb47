import { Button, MultiSelect, Select, Switch, TextInput } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { CURRENCY_OPTIONS } from '#renderer/features/workspace/choices.ts'
import { FormError } from '#renderer/features/workspace/form.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { DunningAction } from '#shared/contract/billing/dunning.ts'
import { contract } from '#shared/contract/index.ts'
import { type CampaignDraft, draftOf, type Said, saidOf } from './campaign-draft.ts'
import classes from './dunning.module.css'
import { StepEditor } from './step-editor.tsx'

const { dunning, plan } = contract.billing
const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const

/** Writes a campaign. Other terms than before are its next version; what was done stays done. */
export function CampaignEditor({
  before,
  onDone,
}: {
  readonly before: (Said & { readonly id: string; readonly version: number }) | null
  readonly onDone: () => void
}) {
  const { t } = useTranslation()
  const may = useMay()
  const told = useSaidWithUndo()
  const save = useCommand(dunning.save)
  const plans = useCoreQuery(plan.list, {})
  const [draft, setDraft] = useState(() => draftOf(before))
  const [failure, setFailure] = useState<unknown>(null)
  const set = (changes: Partial<CampaignDraft>) => setDraft(now => ({ ...now, ...changes }))
  const made = saidOf(draft)
  const text = (
    name: 'name' | 'rank' | 'minimum' | 'countries' | 'tiers' | 'amountFrom' | 'amountBelow',
  ) => ({
    label: t(`billing.dunning.field.${name}`),
    value: draft[name],
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => set({ [name]: event.currentTarget.value }),
  })
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (!('said' in made)) return
    try {
      const commandId = newCommandId()
      await save.run({ ...(before ? { campaignId: before.id } : {}), ...made.said }, commandId)
      told(t('billing.dunning.saved', { name: made.said.name }), commandId)
      onDone()
    } catch (error) {
      setFailure(error)
    }
  }
  return (
    <form className={classes.text} onSubmit={event => void submit(event)}>
      <div className={classes.two}>
        <TextInput {...text('name')} autoFocus required maxLength={100} />
        <TextInput {...text('rank')} inputMode="numeric" description={t('billing.dunning.rankHint')} />
      </div>
      <Switch
        mt="sm"
        label={t('billing.dunning.activeLabel')}
        checked={draft.active}
        onChange={event => set({ active: event.currentTarget.checked })}
      />
      <Section title={t('billing.dunning.stepsTitle')}>
        <p>{t('billing.dunning.stepsHint')}</p>
        <div className={classes.steps}>
          {draft.steps.map((step, index) => (
            <StepEditor
              key={step.key}
              number={index + 1}
              step={step}
              wrong={'problem' in made && made.step === index}
              onChange={changed =>
                set({ steps: draft.steps.map(one => (one.key === step.key ? changed : one)) })
              }
              onRemove={() => set({ steps: draft.steps.filter(one => one.key !== step.key) })}
            />
          ))}
        </div>
        <Button
          mt="sm"
          variant="default"
          size="compact-sm"
          leftSection={<IconPlus size={14} />}
          onClick={() =>
            set({
              steps: [
                ...draft.steps,
                {
                  ...{ key: Math.max(-1, ...draft.steps.map(one => one.key)) + 1, track: 'due' as const },
                  ...{ days: '', message: 'reminder', retry: false, task: '' },
                },
              ],
            })
          }
        >
          {t('billing.dunning.addStep')}
        </Button>
      </Section>
      <Section title={t('billing.dunning.final')}>
        <div className={classes.two}>
          <Select
            label={t('billing.dunning.field.action')}
            allowDeselect={false}
            data={DunningAction.options.map(value => ({
              value,
              label: t(`billing.dunning.action.${value}`),
            }))}
            value={draft.action}
            onChange={value => set({ action: value as CampaignDraft['action'] })}
          />
          {draft.action === 'leave' ? null : (
            <TextInput
              label={t('billing.dunning.field.finalDays')}
              inputMode="numeric"
              value={draft.finalDays}
              onChange={event => set({ finalDays: event.currentTarget.value })}
            />
          )}
        </div>
      </Section>
      <Section title={t('billing.dunning.hoursTitle')}>
        <div className={classes.hours}>
          <MultiSelect
            label={t('billing.dunning.field.weekdays')}
            data={WEEKDAYS.map((name, index) => ({
              value: String(index + 1),
              label: t(`workspace.schedules.weekdays.${name}`),
            }))}
            value={[...draft.weekdays]}
            onChange={weekdays => set({ weekdays })}
          />
          {(['from', 'to'] as const).map(name => (
            <TextInput
              key={name}
              type="time"
              label={t(`billing.dunning.field.${name}`)}
              value={draft[name]}
              onChange={event => set({ [name]: event.currentTarget.value })}
            />
          ))}
        </div>
      </Section>
      <Section title={t('billing.dunning.segmentTitle')}>
        <p>{t('billing.dunning.segmentHint')}</p>
        <div className={classes.two}>
          <MultiSelect
            label={t('billing.dunning.field.plans')}
            searchable
            data={(plans.data?.plans ?? []).map(one => ({ value: one.id, label: one.name }))}
            value={[...draft.planIds]}
            onChange={planIds => set({ planIds })}
          />
          <MultiSelect
            label={t('billing.dunning.field.currencies')}
            searchable
            limit={60}
            data={CURRENCY_OPTIONS}
            value={[...draft.currencies]}
            onChange={currencies => set({ currencies })}
          />
          <TextInput {...text('countries')} description={t('billing.dunning.countriesHint')} />
          <TextInput {...text('tiers')} description={t('billing.dunning.tiersHint')} />
          <TextInput {...text('amountFrom')} inputMode="decimal" />
          <TextInput {...text('amountBelow')} inputMode="decimal" />
          <TextInput
            {...text('minimum')}
            inputMode="decimal"
            description={t('billing.dunning.minimumHint')}
          />
        </div>
      </Section>
      {'problem' in made ? (
        <p role="status">
          {t(`billing.dunning.problem.${made.problem as 'unnamed'}`, { step: (made.step ?? 0) + 1 })}
        </p>
      ) : null}
      <FormError error={failure} />
      <div className={classes.hours}>
        <Button type="submit" disabled={!('said' in made) || !may(dunning.save)} loading={save.running}>
          {t('billing.dunning.save')}
        </Button>
        <Button variant="default" onClick={onDone}>
          {t('billing.dunning.back')}
        </Button>
        {before ? <Versions campaignId={before.id} /> : null}
      </div>
    </form>
  )
}

/** Which versions there were, and whose. */
function Versions({ campaignId }: { readonly campaignId: string }) {
  const { t } = useTranslation()
  const { data } = useCoreQuery(dunning.versions, { campaignId })
  if (!data) return null
  return (
    <span>
      {data.versions
        .map(one =>
          t('billing.dunning.versionBy', {
            version: one.version,
            name: one.createdBy ?? t('billing.dunning.theWorkspace'),
          }),
        )
        .join(' · ')}
    </span>
  )
}
