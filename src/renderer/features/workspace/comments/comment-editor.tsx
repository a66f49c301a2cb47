import { Button, Combobox, Textarea, useCombobox } from '@mantine/core'
import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '#renderer/app/shell/session.ts'
import { IS_MAC, KeyHint } from '#renderer/ui/display/key-hint.tsx'
import classes from './comments.module.css'
import { completeMention, type MentionTyped, mentionAt, peopleFor } from './mention-typing.ts'

interface CommentEditorProps {
  readonly label: string
  readonly submit: string
  readonly value: string
  readonly onChange: (value: string) => void
  readonly onSubmit: () => void
  readonly onCancel?: (() => void) | undefined
  readonly busy: boolean
  readonly input?: RefObject<HTMLTextAreaElement | null>
  readonly autoFocus?: boolean
}

/** A field for a comment. After an `@` it offers people; Ctrl or Cmd with Enter sends. */
export function CommentEditor(props: CommentEditorProps) {
  const { value, onChange, onSubmit, onCancel, busy } = props
  const { t } = useTranslation()
  const { people } = useSession()
  const own = useRef<HTMLTextAreaElement>(null)
  const input = props.input ?? own
  const combobox = useCombobox()
  const [typed, setTyped] = useState<MentionTyped | null>(null)
  const caret = useRef<number | null>(null)
  const offered = typed === null ? [] : peopleFor(typed.text, people)
  const open = offered.length > 0

  // The caret goes behind the name that was put in, once the field has it.
  useLayoutEffect(() => {
    if (caret.current === null) return
    input.current?.setSelectionRange(caret.current, caret.current)
    caret.current = null
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: other letters offer other people, of whom the first is chosen
  useLayoutEffect(() => {
    if (open) combobox.selectFirstOption()
    else combobox.resetSelectedOption()
  }, [open, typed?.text, combobox.selectFirstOption, combobox.resetSelectedOption])

  const look = (text: string, at: number) => setTyped(mentionAt(text, at))
  const take = (id: string) => {
    const person = people.find(one => one.id === id)
    if (!typed || !person) return
    const done = completeMention(value, typed, person, people)
    caret.current = done.caret
    setTyped(null)
    onChange(done.body)
    input.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const mod = IS_MAC ? event.metaKey : event.ctrlKey
    if (event.key === 'Enter' && mod) {
      if (value.trim() !== '' && !busy) onSubmit()
    } else if (event.key === 'Escape' && open) setTyped(null)
    else if (event.key === 'Escape' && onCancel) onCancel()
    else if (event.key === 'Tab' && open && !event.shiftKey)
      take(offered[combobox.getSelectedOptionIndex()]?.id ?? offered[0]!.id)
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <Combobox
      store={{ ...combobox, dropdownOpened: open }}
      onOptionSubmit={take}
      position="bottom-start"
      width={280}
      shadow="md"
      transitionProps={{ duration: 0 }}
    >
      <Combobox.Target withKeyboardNavigation={open}>
        <Textarea
          ref={input}
          aria-label={props.label}
          placeholder={t('workspace.comments.hint')}
          autosize
          minRows={2}
          maxRows={12}
          maxLength={20_000}
          value={value}
          data-autofocus={props.autoFocus || undefined}
          autoFocus={props.autoFocus ?? false}
          onChange={event => {
            onChange(event.currentTarget.value)
            look(event.currentTarget.value, event.currentTarget.selectionStart)
          }}
          onSelect={event => {
            // Moving away from a mention closes its list; moving back does not open it again.
            if (typed && mentionAt(value, event.currentTarget.selectionStart)?.start !== typed.start)
              setTyped(null)
          }}
          onBlur={() => setTyped(null)}
          onKeyDown={onKeyDown}
        />
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Options aria-label={t('workspace.comments.people')}>
          {offered.map(person => (
            <Combobox.Option
              key={person.id}
              className={classes.option ?? ''}
              value={person.id}
              onMouseDown={event => event.preventDefault()}
            >
              <span className={classes.person}>
                <span>{person.name}</span>
                <span className={classes.email}>{person.email}</span>
              </span>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
      <div className={classes.buttons}>
        {onCancel ? <Button onClick={onCancel}>{t('ui.cancel')}</Button> : null}
        <Button
          variant="filled"
          loading={busy}
          disabled={value.trim() === ''}
          rightSection={<KeyHint keys="mod+enter" />}
          onClick={onSubmit}
        >
          {props.submit}
        </Button>
      </div>
    </Combobox>
  )
}
