import { Checkbox, Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'

const { subscription: leaf } = contract.billing
const AFTER = ['convert', 'pause', 'expire'] as const

/** What a trial of a plan asks for, and what becomes of one that ends without a payment method. */
export function TrialRule({ planId, plan }: { readonly planId: string; readonly plan: string }) {
  const { t } = useTranslation()
  const may = useMay()
  const toasts = useToasts()
  const said = useSaidWithUndo()
  const { data } = useCoreQuery(leaf.trialRules, {})
  const { run, running } = useCommand(leaf.setTrialRule)
  if (!data) return null
  const known = data.rules.find(rule => rule.planId === planId)
  const { cardRequired = false, afterTrial = 'convert' as const } = known ?? {}
  const change = async (more: { cardRequired?: boolean; afterTrial?: (typeof AFTER)[number] }) => {
    const commandId = newCommandId()
    try {
      await run({ planId, cardRequired, afterTrial, ...more }, commandId)
      said(t('billing.life.trialRule.saved', { plan }), commandId)
    } catch (error) {
      toasts.fail(error)
    }
  }
  const fixed = running || !may(leaf.setTrialRule)
  return (
    <Section title={t('billing.life.trialRule.title')}>
      <div className={classes.two}>
        <Checkbox
          label={t('billing.life.trialRule.cardRequired')}
          checked={cardRequired}
          disabled={fixed}
          onChange={event => void change({ cardRequired: event.currentTarget.checked })}
        />
        <Select
          label={t('billing.life.trialRule.afterTrial')}
          allowDeselect={false}
          disabled={fixed}
          data={AFTER.map(value => ({ value, label: t(`billing.life.trialRule.${value}`) }))}
          value={afterTrial}
          onChange={value => void change({ afterTrial: value as (typeof AFTER)[number] })}
        />
      </div>
    </Section>
  )
}
