import { Alert, Checkbox, Radio } from '@mantine/core'
import { Section } from '#renderer/ui/page/page.tsx'
import { SmallTable } from '#renderer/ui/table/small-table.tsx'
import { ProblemTable } from './problem-table.tsx'
import type { FileProblem } from './save-problems.ts'

/** What is done with the good rows of a file of which some are refused. */
export type ImportMode = 'all-or-nothing' | 'good-rows'

/** Asks before own data comes in among the made-up ones of the demo. */
export function IntoDemo(props: {
  readonly words: { readonly title: string; readonly text: string; readonly yes: string }
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
}) {
  const { title, text, yes } = props.words
  return (
    <Alert color="yellow" title={title}>
      <p>{text}</p>
      <Checkbox
        label={yes}
        checked={props.checked}
        onChange={event => props.onChange(event.currentTarget.checked)}
      />
    </Alert>
  )
}

/** All or nothing, or the good rows. */
export function ModeChoice(props: {
  readonly words: { readonly label: string; readonly allOrNothing: string; readonly goodRows: string }
  readonly mode: ImportMode
  readonly onMode: (mode: ImportMode) => void
}) {
  const { label, allOrNothing, goodRows } = props.words
  return (
    <Radio.Group label={label} value={props.mode} onChange={value => props.onMode(value as ImportMode)}>
      <Radio mt={4} value="all-or-nothing" label={allOrNothing} />
      <Radio mt={4} value="good-rows" label={goodRows} />
    </Radio.Group>
  )
}

/** What a look at a file found wrong with it. */
export function PreviewProblems(props: {
  readonly title: string
  /** Said where nothing is. */
  readonly none: string
  readonly problems: readonly FileProblem[]
}) {
  return (
    <Section title={props.title}>
      {props.problems.length === 0 ? <p>{props.none}</p> : <ProblemTable problems={props.problems} />}
    </Section>
  )
}

/** The first rows of a file, as they would be stored. */
export function FirstRows(props: {
  readonly title: string
  readonly rows: readonly Readonly<Record<string, string | null | undefined>>[]
}) {
  const names = Object.keys(props.rows[0] ?? {})
  if (names.length === 0) return null
  return (
    <Section title={props.title}>
      <SmallTable
        label={props.title}
        head={names}
        rows={props.rows.map(row => names.map(name => row[name] ?? '–'))}
      />
    </Section>
  )
}
