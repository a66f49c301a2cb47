import { Button, Checkbox, Select, Switch, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { newCommandId, type OutputOf, useCommand, useCoreQuery } from '#renderer/app/core/hooks.ts'
import { useSaidWithUndo } from '#renderer/app/core/undo.ts'
import { Section } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { contract } from '#shared/contract/index.ts'
import type { Preferences } from '#shared/contract/workspace/notifications.ts'
import { ZONE_OPTIONS } from '../choices.ts'
import { FormError } from '../form.tsx'
import forms from '../workspace.module.css'
import { minutesOf, timeText } from './minutes.ts'
import classes from './notifications.module.css'

const { preferences: leaf } = contract.workspace.notifications
type Known = OutputOf<typeof leaf.get>
type Desktop = 'on' | 'off'
type Email = Desktop | 'daily'

/** What disturbs the acting person, by topic and channel, and when nothing may. */
export function PreferencesPart() {
  const query = useCoreQuery(leaf.get, {})
  if (query.data) return <PreferencesForm key={JSON.stringify(query.data.preferences)} known={query.data} />
  return query.error ? (
    <ErrorState centred error={query.error} onRetry={() => void query.refetch()} />
  ) : (
    <LoadingState />
  )
}

const WEEK = [1, 2, 3, 4, 5, 6, 7] as const
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
const NIGHT = { from: 22 * 60, until: 7 * 60, days: [...WEEK] }

function PreferencesForm({ known }: { readonly known: Known }) {
  const { t } = useTranslation()
  const said = useSaidWithUndo()
  const save = useCommand(leaf.set)
  const before = known.preferences
  const [chosen, setChosen] = useState<Preferences>(before)
  const [times, setTimes] = useState({
    from: timeText((before.quiet ?? NIGHT).from),
    until: timeText((before.quiet ?? NIGHT).until),
    daily: timeText(before.dailyAt),
  })
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const { quiet } = chosen
  const problems = problemsOf(times, quiet)
  const submit = async () => {
    setBusy(true)
    setError(null)
    try {
      const commandId = newCommandId()
      const from = minutesOf(times.from)!
      const until = minutesOf(times.until)!
      await save.run(
        {
          ...chosen,
          dailyAt: minutesOf(times.daily)!,
          quiet: quiet === null ? null : { ...quiet, from, until },
        },
        commandId,
      )
      said(t('workspace.notifications.preferences.saved'), commandId)
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  const choose = (topic: string, choice: { desktop?: Desktop; email?: Email }) =>
    setChosen(now => ({
      ...now,
      choices: { ...now.choices, [topic]: { ...now.choices[topic], ...choice } },
    }))
  const problem = (code: string | undefined) =>
    code === undefined ? undefined : t(`workspace.notifications.preferences.${code as 'badTime'}`)
  return (
    <form
      className={classes.part}
      onSubmit={event => {
        event.preventDefault()
        if (Object.keys(problems).length === 0) void submit()
      }}
    >
      <div className={classes.stack}>
        <p>{t('workspace.notifications.preferences.text')}</p>
        <p className={classes.dim}>
          {known.mail
            ? t('workspace.notifications.preferences.mailTo', { email: known.email })
            : t('workspace.notifications.preferences.noMail')}
        </p>
        <table className={classes.table}>
          <thead>
            <tr>
              <th>{t('workspace.notifications.preferences.topic')}</th>
              <th>{t('workspace.notifications.preferences.desktop')}</th>
              <th>{t('workspace.notifications.preferences.email')}</th>
            </tr>
          </thead>
          <tbody>
            {known.topics.map(topic => {
              const mine = chosen.choices[topic.id]
              return (
                <tr key={topic.id}>
                  <td>
                    {topic.name}
                    <small>{topic.about}</small>
                  </td>
                  <td>
                    <Choice
                      label={`${topic.name}: ${t('workspace.notifications.preferences.desktop')}`}
                      options={['on', 'off']}
                      usual={topic.defaults.desktop}
                      value={mine?.desktop}
                      onChoose={desktop => choose(topic.id, { desktop })}
                    />
                  </td>
                  <td>
                    <Choice
                      label={`${topic.name}: ${t('workspace.notifications.preferences.email')}`}
                      options={['on', 'off', 'daily']}
                      usual={topic.defaults.email}
                      value={mine?.email}
                      onChoose={email => choose(topic.id, { email })}
                    />
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
        <div className={classes.row}>
          <TextInput
            label={t('workspace.notifications.preferences.dailyAt')}
            value={times.daily}
            error={problem(problems.daily)}
            onChange={event => setTimes({ ...times, daily: event.currentTarget.value })}
          />
          <Select
            label={t('workspace.notifications.preferences.zone')}
            searchable
            limit={60}
            clearable
            placeholder={t('workspace.notifications.preferences.zoneUsual', { zone: known.zone })}
            data={ZONE_OPTIONS}
            value={chosen.zone}
            onChange={zone => setChosen({ ...chosen, zone })}
            w={320}
          />
        </div>
        <Section title={t('workspace.notifications.preferences.quiet')}>
          <div className={classes.stack}>
            <Switch
              label={t('workspace.notifications.preferences.quietOn')}
              checked={quiet !== null}
              onChange={event => setChosen({ ...chosen, quiet: event.currentTarget.checked ? NIGHT : null })}
            />
            {quiet === null ? null : (
              <>
                <div className={classes.row}>
                  <TextInput
                    label={t('workspace.notifications.preferences.from')}
                    value={times.from}
                    error={problem(problems.from)}
                    onChange={event => setTimes({ ...times, from: event.currentTarget.value })}
                  />
                  <TextInput
                    label={t('workspace.notifications.preferences.until')}
                    value={times.until}
                    error={problem(problems.until)}
                    onChange={event => setTimes({ ...times, until: event.currentTarget.value })}
                  />
                </div>
                <Checkbox.Group
                  label={t('workspace.notifications.preferences.days')}
                  error={problem(problems.days)}
                  value={quiet.days.map(String)}
                  onChange={days =>
                    setChosen({ ...chosen, quiet: { ...quiet, days: days.map(Number).sort() } })
                  }
                >
                  <div className={classes.row}>
                    {WEEK.map(day => (
                      <Checkbox
                        key={day}
                        value={String(day)}
                        label={t(`workspace.notifications.preferences.day.${DAYS[day - 1]!}`)}
                      />
                    ))}
                  </div>
                </Checkbox.Group>
                <Switch
                  label={t('workspace.notifications.preferences.urgentPasses')}
                  checked={chosen.urgentPasses}
                  onChange={event => setChosen({ ...chosen, urgentPasses: event.currentTarget.checked })}
                />
              </>
            )}
          </div>
        </Section>
        <FormError error={error} />
        <div className={forms.buttons}>
          <Button type="submit" variant="filled" loading={busy} disabled={Object.keys(problems).length > 0}>
            {t('workspace.notifications.preferences.save')}
          </Button>
        </div>
      </div>
    </form>
  )
}

/** What is wrong with what was typed, by field. */
export function problemsOf(
  times: { readonly from: string; readonly until: string; readonly daily: string },
  quiet: Preferences['quiet'],
): Readonly<Record<string, string>> {
  const problems: Record<string, string> = {}
  if (minutesOf(times.daily) === null) problems.daily = 'badTime'
  if (quiet === null) return problems
  const [from, until] = [minutesOf(times.from), minutesOf(times.until)]
  if (from === null) problems.from = 'badTime'
  if (until === null) problems.until = 'badTime'
  if (from !== null && from === until) problems.until = 'sameTime'
  if (quiet.days.length === 0) problems.days = 'noDays'
  return problems
}

function Choice<C extends Email>({
  label,
  options,
  usual,
  value,
  onChoose,
}: {
  readonly label: string
  readonly options: readonly C[]
  readonly usual: C
  readonly value: C | undefined
  readonly onChoose: (choice: C) => void
}) {
  const { t } = useTranslation()
  const word = (choice: Email) => t(`workspace.notifications.preferences.choice.${choice}`)
  return (
    <Select
      aria-label={label}
      allowDeselect={false}
      w={170}
      data={options.map(one => ({
        value: one,
        label:
          one === usual ? t('workspace.notifications.preferences.usual', { choice: word(one) }) : word(one),
      }))}
      value={value ?? usual}
      onChange={next => next && onChoose(next as C)}
    />
  )
}
