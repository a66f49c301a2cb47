import { ActionIcon, Loader, TextInput } from '@mantine/core'
import { IconSearch, IconX } from '@tabler/icons-react'
import { type KeyboardEvent, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useActions } from '#renderer/ui/actions/use-actions.tsx'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import classes from './grid.module.css'

/** The search behind a grid, as `useListSearch` makes it: what is typed, and which rows have it. */
export interface GridSearch {
  readonly text: string
  readonly onText: (text: string) => void
  /** The text that was searched for, without the blanks around it; empty while nothing is searched. */
  readonly asked: string
  /** The keys of the rows that were found. Null where nothing is searched, or the source of the grid does it. */
  readonly found: ReadonlySet<string> | null
  readonly pending: boolean
  readonly error: unknown
  readonly retry: () => void
}

interface GridSearchBoxProps {
  readonly search: GridSearch
  /** Leaves the box for the rows. */
  readonly onLeave: () => void
}

/** The box of a grid's search. `/` leads to it from anywhere on the page, Enter and the arrow down to the rows. */
export function GridSearchBox({ search, onLeave }: GridSearchBoxProps) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  useActions(
    useMemo(
      () => [
        bindAction(
          defineAction('ui.grid.search', {
            label: () => t('ui.grid.search'),
            key: '/',
            icon: IconSearch,
            run: () => {
              // After the palette, which gives the focus back to where it was.
              requestAnimationFrame(() => input.current?.select())
            },
          }),
          undefined,
        ),
      ],
      [t],
    ),
  )
  const clear = () => {
    search.onText('')
    input.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && search.text !== '') search.onText('')
    else if (event.key === 'Escape' || event.key === 'Enter' || event.key === 'ArrowDown') onLeave()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <TextInput
      ref={input}
      className={classes.search ?? ''}
      type="search"
      aria-label={t('ui.grid.search')}
      placeholder={t('ui.grid.searchHint')}
      leftSection={<IconSearch size={14} aria-hidden="true" />}
      rightSection={
        search.pending ? (
          <Loader size={14} aria-label={t('ui.loading')} />
        ) : search.text === '' ? (
          <KeyHint keys="/" />
        ) : (
          <ActionIcon size="sm" aria-label={t('ui.grid.clearSearch')} onClick={clear}>
            <IconX size={14} />
          </ActionIcon>
        )
      }
      value={search.text}
      onChange={event => search.onText(event.currentTarget.value)}
      onKeyDown={onKeyDown}
    />
  )
}
