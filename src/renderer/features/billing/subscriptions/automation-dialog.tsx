import { Checkbox, NumberInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { contract } from '#shared/contract/index.ts'
import classes from '../catalogue.module.css'

const { automation: leaves } = contract.billing
type Automation = OutputOf<typeof leaves.get>['automation']

/** Automated billing of one customer, or of all of whom nothing else is said. */
export function AutomationDialog({
  customerId,
  onClose,
}: {
  readonly customerId: string | null
  readonly onClose: () => void
}) {
  const of = customerId === null ? {} : { customerId }
  const query = useCoreQuery(leaves.get, of)
  return query.data ? <Form of={of} known={query.data} onClose={onClose} /> : null
}

function Form({
  of,
  known,
  onClose,
}: {
  readonly of: { readonly customerId?: string }
  readonly known: OutputOf<typeof leaves.get>
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const format = useFormat()
  const command = useCommand(leaves.set)
  const said = useSaidWithUndo()
  const [own, setOwn] = useState(known.own || of.customerId === undefined)
  const [draft, setDraft] = useState<Automation>(known.automation)
  const set = (more: Partial<Automation>) => setDraft({ ...draft, ...more })
  const flag = (name: 'includeUsage' | 'autoPayment' | 'sendNotifications') => (
    <Checkbox
      label={t(`billing.life.automated.${name}`)}
      description={t(`billing.life.automated.${name}Hint`)}
      checked={draft[name]}
      disabled={!own || !draft.enabled}
      onChange={event => set({ [name]: event.currentTarget.checked })}
    />
  )
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={t(
        of.customerId === undefined ? 'billing.life.automated.titleAll' : 'billing.life.automated.title',
      )}
      submit={t('billing.life.automated.save')}
      size="md"
      onSubmit={async () => {
        const commandId = newCommandId()
        await command.run({ ...of, automation: own ? draft : null }, commandId)
        said(t('billing.life.automated.saved'), commandId)
      }}
    >
      <p className={classes.hint}>{t('billing.life.automated.text')}</p>
      {of.customerId === undefined ? null : (
        <Checkbox
          data-autofocus
          label={t('billing.life.automated.own')}
          checked={own}
          onChange={event => setOwn(event.currentTarget.checked)}
        />
      )}
      <Checkbox
        {...(of.customerId === undefined ? { 'data-autofocus': true } : {})}
        label={t('billing.life.automated.enabled')}
        checked={draft.enabled}
        disabled={!own}
        onChange={event => set({ enabled: event.currentTarget.checked })}
      />
      <NumberInput
        label={t('billing.life.automated.billingDay')}
        description={t('billing.life.automated.billingDayHint')}
        value={draft.billingDay}
        min={1}
        max={31}
        allowDecimal={false}
        disabled={!own || !draft.enabled}
        onChange={value =>
          typeof value === 'number' && value >= 1 && value <= 31 && set({ billingDay: value })
        }
      />
      {flag('includeUsage')}
      {flag('autoPayment')}
      {flag('sendNotifications')}
      {known.nextAt === null ? null : (
        <p className={classes.hint}>
          {t('billing.life.automated.next', { day: format.instant(known.nextAt, 'day') })}
        </p>
      )}
    </FormDialog>
  )
}
