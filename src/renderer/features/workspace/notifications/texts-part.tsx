import { Button, Select, Textarea, TextInput } from '@mantine/core'
import type { TFunction } from 'i18next'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { findTopic } from '#engines/notify/topics/index.ts'
import { checkWords, fillWords, type WordProblem } from '#engines/notify/words.ts'
import { useAddress } from '#renderer/app/address.ts'
import { newCommandId, type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { useMay, useSession } from '#renderer/app/shell/session.ts'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import forms from '../workspace.module.css'
import classes from './notifications.module.css'

const { words } = contract.workspace.notifications
type Topic = OutputOf<typeof words.list>['topics'][number]
type InLanguage = Topic['languages'][number]

/** What customers read, message by message and language by language, with a preview of an example. */
export function TextsPart() {
  const { t } = useTranslation()
  const { params, setParams } = useAddress()
  const query = useCoreQuery(words.list, {})
  if (query.error) return <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
  if (!query.data) return <LoadingState />
  const { topics } = query.data
  const topic = topics.find(one => one.id === params.get('topic')) ?? topics[0]!
  const language = topic.languages.find(one => one.language === params.get('language')) ?? topic.languages[0]!
  const choose = (next: { topic?: string; language?: string }) =>
    setParams(new URLSearchParams({ tab: 'texts', topic: topic.id, language: language.language, ...next }))
  return (
    <div className={classes.part}>
      <div className={classes.stack}>
        <p>{t('workspace.notifications.texts.text')}</p>
        <div className={classes.row}>
          <Select
            label={t('workspace.notifications.texts.topic')}
            value={topic.id}
            allowDeselect={false}
            w={300}
            data={topics.map(one => ({ value: one.id, label: one.name }))}
            onChange={next => next && choose({ topic: next })}
          />
          <Select
            label={t('workspace.notifications.texts.language')}
            value={language.language}
            allowDeselect={false}
            w={260}
            data={topic.languages.map(one => ({ value: one.language, label: languageLabel(t, one) }))}
            onChange={next => next && choose({ language: next })}
          />
        </div>
        <TextEditor
          key={`${topic.id} ${language.language} ${JSON.stringify(language.own)}`}
          {...{ topic, language }}
        />
      </div>
    </div>
  )
}

function languageLabel(t: TFunction, { language, own }: InLanguage): string {
  const name = t(`workspace.notifications.texts.languageWord.${language}`)
  return own === null ? name : `${name} · ${t('workspace.notifications.texts.own')}`
}

function TextEditor({ topic, language: one }: { readonly topic: Topic; readonly language: InLanguage }) {
  const { t } = useTranslation()
  const may = useMay()
  const said = useSaidWithUndo()
  const toasts = useToasts()
  const { workspace } = useSession()
  const set = useCommand(words.set)
  const reset = useCommand(words.reset)
  const { language, ours, own } = one
  const before = own ?? ours
  const [title, setTitle] = useState(before.title)
  const [body, setBody] = useState(before.body)
  const known = findTopic(topic.id)
  if (!known) return null
  const problems = checkWords(known, { title, body })
  const shown = fillWords({ title, body }, known.params, known.example, { language, zone: workspace.zone })
  const changed = title !== before.title || body !== before.body
  const run = async (work: (commandId: string) => Promise<unknown>, text: string) => {
    const commandId = newCommandId()
    try {
      await work(commandId)
      said(text, commandId)
    } catch (error) {
      toasts.fail(error)
    }
  }
  const problemText = (problem: WordProblem) =>
    t(`workspace.notifications.texts.problem.${problem.code}`, {
      name: 'name' in problem ? problem.name : '',
    })
  const edits = may(words.set)
  return (
    <div className={classes.texts}>
      <form
        className={forms.form}
        onSubmit={event => {
          event.preventDefault()
          void run(
            commandId => set.run({ topic: topic.id, language, title, body }, commandId),
            t('workspace.notifications.texts.saved'),
          )
        }}
      >
        <TextInput
          label={t('workspace.notifications.texts.title')}
          value={title}
          maxLength={200}
          readOnly={!edits}
          onChange={event => setTitle(event.currentTarget.value)}
        />
        <Textarea
          label={t('workspace.notifications.texts.body')}
          value={body}
          autosize
          minRows={10}
          maxRows={24}
          maxLength={10_000}
          readOnly={!edits}
          error={problems.length > 0 ? problems.map(problemText).join(' ') : undefined}
          onChange={event => setBody(event.currentTarget.value)}
        />
        <p className={`${classes.dim} ${classes.values}`}>
          {t('workspace.notifications.texts.valuesText', {
            name: '{name}',
            interpolation: { escapeValue: false },
          })}{' '}
          {Object.keys(known.params).map(name => (
            <code key={name}>{`{${name}}`}</code>
          ))}
        </p>
        {edits ? (
          <div className={forms.buttons}>
            <Button type="submit" variant="filled" disabled={!changed || problems.length > 0}>
              {t('workspace.notifications.texts.save')}
            </Button>
            <Button
              disabled={own === null}
              onClick={() =>
                void run(
                  commandId => reset.run({ topic: topic.id, language }, commandId),
                  t('workspace.notifications.texts.wasReset'),
                )
              }
            >
              {t('workspace.notifications.texts.reset')}
            </Button>
          </div>
        ) : null}
      </form>
      <section aria-label={t('workspace.notifications.texts.preview')}>
        <p className={classes.dim}>{t('workspace.notifications.texts.preview')}</p>
        <div className={classes.preview} lang={language}>
          <b>{shown.title}</b>
          {shown.body}
        </div>
      </section>
    </div>
  )
}
