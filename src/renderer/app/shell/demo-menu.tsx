import { Button, Popover } from '@mantine/core'
import { IconChevronDown } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConnection } from '#renderer/state/connection.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { ActionButton, useActions } from '#renderer/ui/actions/use-actions.tsx'
import { addDays } from '#renderer/ui/format/period.ts'
import { useFormat } from '#renderer/ui/format/use-format.tsx'
import { Confirm } from '#renderer/ui/overlay/dialog.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import type { DemoStory } from '#shared/contract/workspace/demo.ts'
import { useHref } from '../address.ts'
import { useCommand, useCoreQuery } from '../core/hooks.ts'
import { DemoBilling } from './demo-billing.tsx'
import { useMay } from './session.ts'
import classes from './shell.module.css'
import { storyAddress } from './story-address.ts'

const { demo } = contract.workspace

/** The label of the demo; behind it what there is to find, and the way out. */
export function DemoMenu() {
  const { t } = useTranslation()
  const format = useFormat()
  const may = useMay()
  const toasts = useToasts()
  const [opened, setOpened] = useState(false)
  const [asked, setAsked] = useState(false)
  const remove = useCommand(demo.remove)
  const { data } = useCoreQuery(demo.state, {})
  const action = useMemo(
    () =>
      defineAction(demo.remove, {
        label: () => t('workspace.demo.remove'),
        scope: 'everywhere',
        danger: true,
        when: () => may(demo.remove),
        run: () => {
          setOpened(false)
          setAsked(true)
        },
      }),
    [t, may],
  )
  useActions(useMemo(() => [bindAction(action, undefined)], [action]))
  return (
    <>
      <Popover opened={opened} onChange={setOpened} position="bottom-start" width={460} trapFocus returnFocus>
        <Popover.Target>
          <button
            type="button"
            className={classes.demo}
            aria-expanded={opened}
            aria-label={t('workspace.demo.title')}
            onClick={() => setOpened(!opened)}
          >
            {t('shell.demo')}
            <IconChevronDown size={12} aria-hidden="true" />
          </button>
        </Popover.Target>
        <Popover.Dropdown>
          <div className={classes.demoPanel}>
            <strong>{t('workspace.demo.title')}</strong>
            <p>{t('workspace.demo.text')}</p>
            {data?.demo?.billing ? (
              <DemoBilling {...data.demo.billing} onFollow={() => setOpened(false)} />
            ) : null}
            {data?.demo ? (
              <>
                <strong>{t('workspace.demo.stories')}</strong>
                <ul>
                  {data.demo.stories.map(story => (
                    <li key={story.id}>
                      <b>{story.title}</b>{' '}
                      <span className={classes.note}>
                        {story.vendor},{' '}
                        {story.to === null
                          ? t('workspace.demo.from', { day: format.day(story.from) })
                          : t('workspace.demo.span', {
                              first: format.day(story.from),
                              last: format.day(addDays(story.to, -1)),
                            })}
                      </span>
                      <p>
                        {story.text} <StoryLink story={story} onFollow={() => setOpened(false)} />
                      </p>
                    </li>
                  ))}
                </ul>
              </>
            ) : null}
            <div className={classes.demoButtons}>
              <Button onClick={() => setOpened(false)}>{t('ui.close')}</Button>
              <ActionButton action={action} context={undefined} />
            </div>
          </div>
        </Popover.Dropdown>
      </Popover>
      <Confirm
        opened={asked}
        onClose={() => setAsked(false)}
        title={t('workspace.demo.removeTitle')}
        confirm={t('workspace.demo.remove')}
        danger
        typed={t('workspace.demo.word')}
        onConfirm={async () => {
          await remove.run({})
          useConnection.getState().set({ personId: null, proof: null })
          toasts.show({ text: t('workspace.demo.removed') })
        }}
      >
        <p>{t('workspace.demo.removeText')}</p>
      </Confirm>
    </>
  )
}

function StoryLink(props: { readonly story: DemoStory; readonly onFollow: () => void }) {
  const { t } = useTranslation()
  return (
    <a href={useHref(storyAddress(props.story))} onClick={props.onFollow}>
      {t('workspace.demo.look')}
    </a>
  )
}
