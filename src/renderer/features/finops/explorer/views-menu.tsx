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

/** The page that the explorer's views belong to. */
export const VIEWS_PAGE = 'finops.explorer'
const { views } = contract.workspace

interface ViewsMenuProps {
  readonly opened: boolean
  readonly onOpened: (opened: boolean) => void
  readonly onSave: () => void
}

/** The saved views of the explorer: one's own and those that others share. */
export function ViewsMenu({ opened, onOpened, onSave }: ViewsMenuProps) {
  const { t } = useTranslation()
  const go = useGo()
  const toasts = useToasts()
  const list = useCoreQuery(views.list, { page: VIEWS_PAGE })
  const remove = useCommand(views.remove)
  const all = list.data?.views ?? []
  const take = (viewId: string, name: string) =>
    remove.run({ viewId }).then(
      () => toasts.show({ text: t('finops.views.removed', { name }) }),
      error => toasts.fail(error),
    )
  return (
    <Menu opened={opened} onChange={onOpened} position="bottom-end" width={320}>
      <Menu.Target>
        <Button
          leftSection={<IconBookmark size={16} stroke={1.75} aria-hidden="true" />}
          rightSection={<KeyHint keys="v" />}
        >
          {t('finops.views.title')}
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
                  aria-label={t('finops.views.remove', { name: view.name })}
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
        {list.data && all.length === 0 ? <Menu.Label>{t('finops.views.none')}</Menu.Label> : null}
        <Menu.Divider />
        <Menu.Item onClick={() => go('/workspace/views')} rightSection={<KeyHint keys="g v" />}>
          {t('finops.views.all')}
        </Menu.Item>
        <Menu.Item onClick={onSave} rightSection={<KeyHint keys="s" />}>
          {t('finops.views.save')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** Gives the present view a name. */
export function SaveViewDialog(props: {
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
    save.run({ page: VIEWS_PAGE, name, address: props.address, shared }).then(
      view => {
        toasts.show({ text: t('finops.views.saved', { name: view.name }) })
        setName('')
        props.onClose()
      },
      error => toasts.fail(error),
    )
  }
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title={t('finops.views.save')} size="sm">
      <form onSubmit={submit}>
        <TextInput
          label={t('finops.views.name')}
          data-autofocus
          required
          maxLength={200}
          value={name}
          onChange={event => setName(event.currentTarget.value)}
        />
        <Checkbox
          mt="sm"
          label={t('finops.views.share')}
          checked={shared}
          onChange={event => setShared(event.currentTarget.checked)}
        />
        <DialogButtons>
          <Button onClick={props.onClose}>{t('ui.cancel')}</Button>
          <Button type="submit" variant="filled" loading={save.running} disabled={name.trim() === ''}>
            {t('finops.views.save')}
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  )
}
