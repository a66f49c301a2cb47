import { Button, Checkbox, PasswordInput, SegmentedControl, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand } from '#renderer/app/core/hooks.ts'
import { useCopy, useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Channel } from '#shared/contract/workspace/notifications.ts'
import { FormDialog } from '../form.tsx'
import classes from './notifications.module.css'

const { channels } = contract.workspace.notifications

/** A key that nobody has guessed: 32 bytes, in the form that receivers of webhooks know. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return `whsec_${btoa(String.fromCharCode(...bytes))}`
}

/** Makes a channel, or changes one. What is secret of it is typed anew or stays as it is. */
export function ChannelDialog({
  channel,
  topics,
  onClose,
}: {
  /** Null for a new one. */
  readonly channel: Channel | null
  readonly topics: readonly { readonly id: string; readonly name: string }[]
  readonly onClose: () => void
}) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const copy = useCopy()
  const add = useCommand(channels.add)
  const change = useCommand(channels.change)
  const [kind, setKind] = useState<Channel['kind']>(channel?.kind ?? 'slack')
  const [name, setName] = useState(channel?.name ?? '')
  const [address, setAddress] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>(channel?.topics ?? ['*'])
  const [key, setKey] = useState(() => (channel === null ? newKey() : null))
  const all = chosen.includes('*')
  const submit = async () => {
    const shared = { name, topics: [...chosen] }
    if (channel === null) {
      await add.run({ ...shared, kind, address, ...(kind === 'webhook' && key !== null ? { key } : {}) })
    } else {
      await change.run({
        ...{ ...shared, channelId: channel.id },
        ...(address.trim() === '' ? {} : { address }),
        ...(key === null ? {} : { key }),
      })
    }
    toasts.show({ text: t('workspace.notifications.channels.saved', { name }) })
  }
  return (
    <FormDialog
      opened
      onClose={onClose}
      title={channel?.name ?? t('workspace.notifications.channels.add')}
      submit={t('workspace.notifications.channels.save')}
      ready={name.trim() !== '' && chosen.length > 0 && (channel !== null || address.trim() !== '')}
      onSubmit={submit}
      size="md"
    >
      {channel === null ? (
        <SegmentedControl
          aria-label={t('workspace.notifications.channels.kind')}
          value={kind}
          onChange={next => setKind(next as Channel['kind'])}
          data={[
            { value: 'slack', label: t('workspace.notifications.channels.addSlack') },
            { value: 'webhook', label: t('workspace.notifications.channels.addWebhook') },
          ]}
        />
      ) : null}
      <TextInput
        label={t('workspace.notifications.channels.name')}
        value={name}
        maxLength={80}
        data-autofocus
        onChange={event => setName(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('workspace.notifications.channels.address')}
        description={[
          t(
            kind === 'slack'
              ? 'workspace.notifications.channels.addressSlack'
              : 'workspace.notifications.channels.addressWebhook',
          ),
          channel === null ? '' : t('workspace.notifications.channels.addressKeep'),
        ].join(' ')}
        value={address}
        autoComplete="off"
        onChange={event => setAddress(event.currentTarget.value)}
      />
      {kind === 'webhook' ? (
        key === null ? (
          <div className={classes.row}>
            <span>{t('workspace.notifications.channels.keyKept')}</span>
            <Button size="compact-sm" onClick={() => setKey(newKey())}>
              {t('workspace.notifications.channels.keyNew')}
            </Button>
          </div>
        ) : (
          <TextInput
            label={t('workspace.notifications.channels.key')}
            description={t('workspace.notifications.channels.keyText')}
            value={key}
            readOnly
            rightSectionWidth={72}
            rightSection={
              <Button
                size="compact-xs"
                onClick={() => copy(key, t('workspace.notifications.channels.copied'))}
              >
                {t('workspace.notifications.channels.copy')}
              </Button>
            }
          />
        )
      ) : null}
      <Checkbox.Group
        label={t('workspace.notifications.channels.topics')}
        value={all ? ['*'] : [...chosen]}
        onChange={next => setChosen(next.includes('*') && !all ? ['*'] : next.filter(id => id !== '*'))}
      >
        <div className={classes.stack}>
          <Checkbox value="*" label={t('workspace.notifications.channels.allTopics')} />
          {topics.map(topic => (
            <Checkbox key={topic.id} value={topic.id} label={topic.name} />
          ))}
        </div>
      </Checkbox.Group>
    </FormDialog>
  )
}
