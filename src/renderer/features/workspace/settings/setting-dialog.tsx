import { NumberInput, PasswordInput, Select, Switch, Textarea, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Setting, SettingValue } from '#shared/contract/workspace/settings.ts'
import { CURRENCY_OPTIONS, ZONE_OPTIONS } from '../choices.ts'
import { FormDialog } from '../form.tsx'
import classes from '../workspace.module.css'
import { ImageField } from './image-field.tsx'
import { plainValue, settingLabel, unitWord } from './setting-words.ts'

const { settings } = contract.workspace

/** What is typed for a setting, as the value that it stands for. */
export function parseValue(kind: Setting['kind'], text: string): SettingValue {
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  if (kind === 'texts') return lines
  if (kind === 'numbers') return lines.flatMap(line => line.split(/[\s,;]+/)).map(Number)
  if (kind === 'number') return Number(text)
  return text.trim()
}

/** The value of a setting, as it is typed. */
export function editText(value: SettingValue): string {
  if (value === null) return ''
  return Array.isArray(value) ? value.join('\n') : String(value)
}

/** Changes one setting. */
export function SettingDialog({
  setting,
  onClose,
}: {
  readonly setting: Setting
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const set = useCommand(settings.set)
  const setSecret = useCommand(settings.setSecret)
  const said = useSaidWithUndo()
  const toasts = useToasts()
  // A picture is chosen anew, never typed.
  const [text, setText] = useState(setting.kind === 'image' ? '' : editText(setting.value))
  const [on, setOn] = useState(setting.value === true)
  const label = settingLabel(t, setting.name)
  const overridden = setting.source === 'environment'
  const submit = async () => {
    const words = t('workspace.settings.saved', { name: label })
    if (setting.secret) {
      await setSecret.run({ name: setting.name, value: text })
      toasts.show({ text: words })
      return
    }
    const commandId = newCommandId()
    const value = setting.kind === 'boolean' ? on : parseValue(setting.kind, text)
    await set.run({ name: setting.name, value }, commandId)
    said(words, commandId)
  }
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={label}
      submit={t('workspace.settings.save')}
      ready={!overridden && (setting.kind === 'boolean' || text.trim() !== '')}
      onSubmit={submit}
    >
      {overridden ? (
        <p>{t('workspace.settings.overridden', { variable: setting.variable ?? '' })}</p>
      ) : (
        <Field setting={setting} label={label} text={text} onText={setText} on={on} onSwitch={setOn} />
      )}
      {setting.secret ? (
        <p className={classes.dim}>{t('workspace.settings.secretText')}</p>
      ) : setting.default === null ? null : (
        <p className={classes.dim}>
          {t('workspace.settings.defaultIs', { value: plainValue(t, setting, setting.default) })}
        </p>
      )}
    </FormDialog>
  )
}

function Field(props: {
  readonly setting: Setting
  readonly label: string
  readonly text: string
  readonly onText: (text: string) => void
  readonly on: boolean
  readonly onSwitch: (on: boolean) => void
}): ReactNode {
  const { t } = useTranslation()
  const { setting, label, text, onText } = props
  const shared = { label, 'data-autofocus': true }
  if (setting.secret) {
    return (
      <PasswordInput
        {...shared}
        value={text}
        autoComplete="off"
        onChange={event => onText(event.currentTarget.value)}
      />
    )
  }
  switch (setting.kind) {
    case 'boolean':
      return (
        <Switch
          {...shared}
          checked={props.on}
          onChange={event => props.onSwitch(event.currentTarget.checked)}
        />
      )
    case 'choice':
      return (
        <Select {...shared} data={setting.choices} value={text} onChange={value => onText(value ?? '')} />
      )
    case 'zone':
      return (
        <Select
          {...shared}
          searchable
          limit={60}
          data={ZONE_OPTIONS}
          value={text}
          onChange={value => onText(value ?? '')}
        />
      )
    case 'currency':
      return (
        <Select
          {...shared}
          searchable
          limit={60}
          data={CURRENCY_OPTIONS}
          value={text}
          onChange={value => onText(value ?? '')}
        />
      )
    case 'number': {
      const unit = unitWord(t, setting.unit)
      return (
        <NumberInput
          {...shared}
          value={text}
          suffix={unit === '' ? '' : ` ${unit}`}
          onChange={value => onText(String(value))}
        />
      )
    }
    case 'image':
      return <ImageField label={label} onAddress={onText} />
    case 'texts':
    case 'numbers':
      return (
        <Textarea
          {...shared}
          description={t('workspace.settings.list')}
          autosize
          minRows={4}
          maxRows={12}
          value={text}
          onChange={event => onText(event.currentTarget.value)}
        />
      )
    default:
      return <TextInput {...shared} value={text} onChange={event => onText(event.currentTarget.value)} />
  }
}
