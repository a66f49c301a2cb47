import { Button } from '@mantine/core'
import { IconMessage } from '@tabler/icons-react'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useMay } from '#renderer/app/shell/session.ts'
import { useDrafts } from '#renderer/state/drafts.ts'
import { bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useActions } from '#renderer/ui/actions/use-actions.tsx'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import { CommentEditor } from './comment-editor.tsx'
import { CommentItem } from './comment-item.tsx'
import classes from './comments.module.css'

const leaf = contract.workspace.comments

/** Comments that are shown at first, and all that are ever shown. */
const FIRST = 50
const MOST = 500

/** A row that people talk about: an entity of the core (`import`, `job`, `invoice` …) and the row's id. */
export interface CommentsAbout {
  readonly entity: string
  readonly id: string
}

/**
 * What people say about something, and a field to say more: `<Comments about={{ entity: 'import', id }} />`.
 * `c` leads to the field. What is typed is kept until it is sent, also when one looks at something else.
 */
export function Comments({ about }: { readonly about: CommentsAbout }) {
  // Another row is another thread: nothing of one is left in the other.
  return <Thread key={`${about.entity}/${about.id}`} about={about} />
}

function Thread({ about }: { readonly about: CommentsAbout }) {
  const { t } = useTranslation()
  const may = useMay()
  const toasts = useToasts()
  const [limit, setLimit] = useState(FIRST)
  const subject = { entity: about.entity, rowId: about.id }
  const list = useCoreQuery(leaf.list, { ...subject, limit })
  const add = useCommand(leaf.add)
  const input = useRef<HTMLTextAreaElement>(null)
  const draft = `comment:${about.entity}/${about.id}`
  const body = useDrafts(state => state.drafts[draft] ?? '')
  const setDraft = useDrafts(state => state.set)
  const mayAdd = may(leaf.add)
  useActions(
    useMemo(
      () => [
        bindAction(
          defineAction('ui.comments.write', {
            label: () => t('workspace.comments.write'),
            key: 'c',
            icon: IconMessage,
            when: () => mayAdd,
            run: () => {
              requestAnimationFrame(() => {
                input.current?.scrollIntoView({ block: 'nearest' })
                input.current?.focus()
              })
            },
          }),
          undefined,
        ),
      ],
      [t, mayAdd],
    ),
  )
  const send = () => {
    // It appears above, where it can be changed and removed: no message need say so.
    add.run({ ...subject, body }).then(
      () => setDraft(draft, ''),
      error => toasts.fail(error),
    )
  }
  const comments = list.data?.comments ?? []
  return (
    <Section
      title={t('workspace.comments.title')}
      aside={
        mayAdd ? (
          <span className={classes.key}>
            {t('workspace.comments.write')} <KeyHint keys="c" />
          </span>
        ) : null
      }
    >
      {list.error ? <ErrorState error={list.error} onRetry={() => void list.refetch()} /> : null}
      {list.isPending ? <LoadingState rows={3} /> : null}
      {list.data?.more ? (
        limit < MOST ? (
          <Button size="compact-sm" variant="subtle" onClick={() => setLimit(MOST)}>
            {t('workspace.comments.older')}
          </Button>
        ) : (
          <p className={classes.when}>{t('workspace.comments.newest', { count: MOST })}</p>
        )
      ) : null}
      {list.data && comments.length === 0 ? (
        <p className={classes.none}>{t('workspace.comments.none')}</p>
      ) : (
        <ol className={classes.thread}>
          {comments.map(comment => (
            <CommentItem key={comment.id} comment={comment} />
          ))}
        </ol>
      )}
      {mayAdd ? (
        <CommentEditor
          label={t('workspace.comments.write')}
          submit={t('workspace.comments.add')}
          value={body}
          onChange={text => setDraft(draft, text)}
          onSubmit={send}
          busy={add.running}
          input={input}
        />
      ) : null}
    </Section>
  )
}
