import { ActionIcon } from '@mantine/core'
import { IconPencil, IconTrash } from '@tabler/icons-react'
import { Fragment, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, useCommand } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { When } from '#renderer/ui/display/when.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Comment } from '#shared/contract/workspace/comments.ts'
import { CommentEditor } from './comment-editor.tsx'
import classes from './comments.module.css'

const leaf = contract.workspace.comments

/** One comment, with what its author (and an admin) may do to it. */
export function CommentItem({ comment }: { readonly comment: Comment }) {
  const { t } = useTranslation()
  const may = useMay()
  const toasts = useToasts()
  const said = useSaidWithUndo()
  const { person } = useSession()
  const edit = useCommand(leaf.edit)
  const remove = useCommand(leaf.remove)
  const [edited, setEdited] = useState<string | null>(null)
  const pencil = useRef<HTMLButtonElement>(null)
  const close = () => {
    setEdited(null)
    // The focus goes back to where it came from.
    requestAnimationFrame(() => pencil.current?.focus())
  }
  const mine = person?.id === comment.author.id
  const mayEdit = mine && may(leaf.edit)
  const mayRemove = (mine || person?.roles.includes('admin') === true) && may(leaf.remove)
  const save = () => {
    const commandId = newCommandId()
    edit.run({ commentId: comment.id, body: edited ?? '' }, commandId).then(
      () => {
        close()
        said(t('workspace.comments.edited'), commandId)
      },
      error => toasts.fail(error),
    )
  }
  const take = () => {
    const commandId = newCommandId()
    remove.run({ commentId: comment.id }, commandId).then(
      () => said(t('workspace.comments.removed'), commandId),
      error => toasts.fail(error),
    )
  }
  return (
    <li className={classes.comment}>
      <div className={classes.head}>
        <strong>{comment.author.name}</strong>
        <span className={classes.when}>
          <When at={comment.createdAt} show="relative" />
          {comment.editedAt === null ? null : (
            <>
              {' · '}
              {t('workspace.comments.changed')} <When at={comment.editedAt} show="relative" />
            </>
          )}
        </span>
        {edited === null && mayEdit ? (
          <ActionIcon
            ref={pencil}
            size="sm"
            aria-label={t('workspace.comments.edit')}
            title={t('workspace.comments.edit')}
            onClick={() => setEdited(comment.body)}
          >
            <IconPencil size={14} />
          </ActionIcon>
        ) : null}
        {edited === null && mayRemove ? (
          <ActionIcon
            size="sm"
            aria-label={t('workspace.comments.remove')}
            title={t('workspace.comments.remove')}
            loading={remove.running}
            onClick={take}
          >
            <IconTrash size={14} />
          </ActionIcon>
        ) : null}
      </div>
      {edited === null ? (
        <CommentBody comment={comment} />
      ) : (
        <CommentEditor
          label={t('workspace.comments.edit')}
          submit={t('workspace.comments.save')}
          value={edited}
          onChange={setEdited}
          onSubmit={save}
          onCancel={close}
          busy={edit.running}
          autoFocus
        />
      )}
    </li>
  )
}

/** The text with whom it mentions marked. Several people can be meant by one name. */
function CommentBody({ comment }: { readonly comment: Comment }) {
  const { t } = useTranslation()
  const { people, person } = useSession()
  const { body, mentions } = comment
  const places = [...new Map(mentions.map(one => [one.start, one])).values()]
  let from = 0
  const parts = places.map(({ start, length }) => {
    const before = body.slice(from, start)
    from = start + length
    const meant = mentions.filter(one => one.start === start).map(one => one.personId)
    const names = people.filter(one => meant.includes(one.id)).map(one => `${one.name} (${one.email})`)
    return (
      <Fragment key={start}>
        {before}
        <mark
          className={classes.mention}
          data-me={person !== null && meant.includes(person.id)}
          title={t('workspace.comments.mentions', { names: names.join(', ') })}
        >
          {body.slice(start, from)}
        </mark>
      </Fragment>
    )
  })
  return (
    <p className={classes.body}>
      {parts}
      {body.slice(from)}
    </p>
  )
}
