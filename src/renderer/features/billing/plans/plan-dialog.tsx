import { Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { FormDialog } from '#renderer/features/workspace/form.tsx'
import { Key } from '#shared/contract/billing/values.ts'
import { contract } from '#shared/contract/index.ts'
import { keyFrom } from '../key-from.ts'

const { plan: leaf } = contract.billing

/** Adds a plan, or changes its words. Its prices are its versions'. */
export function PlanDialog({
  plan,
  onClose,
  onAdded,
}: {
  readonly plan: {
    readonly id: string
    readonly key: string
    readonly name: string
    readonly description: string
  } | null
  readonly onClose: () => void
  readonly onAdded?: (id: string) => void
}) {
  const { t } = useTranslation()
  const create = useCommand(leaf.create)
  const edit = useCommand(leaf.edit)
  const said = useSaidWithUndo()
  const [name, setName] = useState(plan?.name ?? '')
  const [typedKey, setKey] = useState<string | null>(plan?.key ?? null)
  const [description, setDescription] = useState(plan?.description ?? '')
  const key = typedKey ?? keyFrom(name)
  const badKey = key !== '' && !Key.safeParse(key).success
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={plan ? t('billing.plans.editTitle', { name: plan.name }) : t('billing.plans.addTitle')}
      submit={plan ? t('billing.plans.save') : t('billing.plans.add')}
      ready={name.trim() !== '' && key !== '' && !badKey}
      onSubmit={async () => {
        const commandId = newCommandId()
        const words = { name: name.trim(), description: description.trim() }
        if (plan) await edit.run({ planId: plan.id, ...words }, commandId)
        else onAdded?.((await create.run({ key, ...words }, commandId)).id)
        said(t(plan ? 'billing.plans.saved' : 'billing.plans.added', { name: words.name }), commandId)
      }}
    >
      <TextInput
        data-autofocus
        label={t('billing.plans.name')}
        maxLength={120}
        value={name}
        onChange={event => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('billing.plans.key')}
        description={t('billing.plans.keyHint')}
        disabled={plan !== null}
        value={key}
        error={badKey ? t('billing.customers.badKey') : undefined}
        onChange={event => setKey(event.currentTarget.value)}
      />
      <Textarea
        label={t('billing.plans.description')}
        autosize
        maxLength={500}
        value={description}
        onChange={event => setDescription(event.currentTarget.value)}
      />
    </FormDialog>
  )
}
