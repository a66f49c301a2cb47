import { ActionIcon, Button, Checkbox, Menu, TextInput } from '@mantine/core'
import { IconBookmark, IconTrash } from '@tabler/icons-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGo } from '#renderer/app/address.ts'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { Dialog, DialogButtons } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'

const { views } = contract.workspace

interface ViewsMenuProps {
  /** The page that the views belong to, such as `finops.explorer`. */
  readonly page: string
  /** The key of the action that saves the present view. */
  readonly saveKey: string
  readonly opened: boolean
  readonly onOpened: (opened: boolean) => void
  readonly onSave: () => void
}

/** The saved views of a page: one's own and those that others share. */
export function ViewsMenu({ page, saveKey, opened, onOpened, onSave }: ViewsMenuProps) {
  const { t } = useTranslation()
  const go = useGo()
  const toasts = useToasts()
  const list = useCoreQuery(views.list, { page })
  const remove = useCommand(views.remove)
  const all = list.data?.views ?? []
  const take = (viewId: string, name: string) =>
    remove.run({ viewId }).then(
      () => toasts.show({ text: t('shell.views.removed', { name }) }),
      error => toasts.fail(error),
    )
  return (
    <Menu opened={opened} onChange={onOpened} position="bottom-end" width={320}>
      <Menu.Target>
        <Button
          leftSection={<IconBookmark size={16} stroke={1.75} aria-hidden="true" />}
          rightSection={<KeyHint keys="v" />}
        >
          {t('shell.views.title')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {all.map(view => (
          <Menu.Item
            key={view.id}
            onClick={() => go(view.address)}
            rightSection={
              view.mine ? (
                <ActionIcon
                  component="span"
                  role="button"
                  variant="subtle"
                  aria-label={t('shell.views.remove', { name: view.name })}
                  onClick={event => {
                    event.stopPropagation()
                    void take(view.id, view.name)
                  }}
                >
                  <IconTrash size={14} aria-hidden="true" />
                </ActionIcon>
              ) : (
                view.owner.name
              )
            }
          >
            {view.name}
          </Menu.Item>
        ))}
        {list.data && all.length === 0 ? <Menu.Label>{t('shell.views.none')}</Menu.Label> : null}
        <Menu.Divider />
        <Menu.Item onClick={() => go('/workspace/views')} rightSection={<KeyHint keys="g v" />}>
          {t('shell.views.all')}
        </Menu.Item>
        <Menu.Item onClick={onSave} rightSection={<KeyHint keys={saveKey} />}>
          {t('shell.views.save')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Gives the present view a name. */
export function SaveViewDialog(props: {
  readonly page: string
  readonly opened: boolean
  readonly onClose: () => void
  readonly address: string
}) {
  const { t } = useTranslation()
  const toasts = useToasts()
  const save = useCommand(views.save)
  const [name, setName] = useState('')
  const [shared, setShared] = useState(false)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.run({ page: props.page, name, address: props.address, shared }).then(
      view => {
        toasts.show({ text: t('shell.views.saved', { name: view.name }) })
        setName('')
        props.onClose()
      },
      error => toasts.fail(error),
    )
  }
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title={t('shell.views.save')} size="sm">
      <form onSubmit={submit}>
        <TextInput
          label={t('shell.views.name')}
          data-autofocus
          required
          maxLength={200}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <Checkbox
          mt="sm"
          label={t('shell.views.share')}
          checked={shared}
          onChange={event => setShared(event.currentTarget.checked)}
        />
        <DialogButtons>
          <Button onClick={props.onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" variant="filled" loading={save.running} disabled={name.trim() === ''}>
            {t('shell.views.save')}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
