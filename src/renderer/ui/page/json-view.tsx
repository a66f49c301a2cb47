import classes from './page.module.css'

/** Any value as text that people can read: whole numbers of any size as they are, undefined members left out. */
export function prettyJson(value: unknown): string {
  const text = JSON.stringify(
    value,
    (_, member) => (typeof member === 'bigint' ? `${member.toString()}n` : member),
    2,
  )
  return text === undefined ? '–' : text.replace(/"(-?\d+)n"/g, '$1')
}

/** A value of any shape, for those who want to see it as it is. */
export function JsonView({ value, label }: { readonly value: unknown; readonly label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={classes.json} tabIndex={0} aria-label={label}>
      <pre>{prettyJson(value)}</pre>
    </section>
  )
}
