import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './page.module.css'

export interface PageProps {
  readonly title: string
  readonly subtitle?: ReactNode
  /** Buttons at the right of the title: `<ActionButton>`s. */
  readonly actions?: ReactNode
  /** What the page is asked first, answered within the first 200 pixels. */
  readonly answer?: ReactNode
  /** True where the body is one grid or chart that takes all the height that is left. */
  readonly fill?: boolean
  /** True for text and forms: narrower, with space around. */
  readonly text?: boolean
  /** True where there is nothing in the body to move to: it takes the focus itself, so that keys scroll it. */
  readonly reading?: boolean
  readonly children: ReactNode
}

/** A screen: its title, its answer, its actions, its body. Names the window too. */
export function Page(props: PageProps) {
  const { title, subtitle, actions, answer, fill = false, text = false, reading = false, children } = props
  const { t } = useTranslation()
  useEffect(() => {
    document.title = `${title} – ${t('shell.product')}`
  }, [title, t])
  return (
    <section className={classes.page} aria-labelledby="page-title">
      <header className={classes.head}>
        <h1 id="page-title" className={classes.title} tabIndex={-1}>
          {title}
        </h1>
        {subtitle ? <span className={classes.subtitle}>{subtitle}</span> : null}
        {actions ? <div className={classes.actions}>{actions}</div> : null}
      </header>
      {answer ? <div className={classes.answer}>{answer}</div> : null}
      <div
        className={`${classes.body} ${text ? classes.padded : ''}`}
        data-fill={fill}
        {...(reading ? { tabIndex: 0 } : {})}
      >
        {text ? <div className={classes.measure}>{children}</div> : children}
      </div>
    </section>
  )
}

/** A part of a page under a heading of its own. */
export function Section({
  title,
  aside,
  children,
}: {
  readonly title: string
  readonly aside?: ReactNode
  readonly children: ReactNode
}) {
  return (
    <section className={classes.section}>
      <header>
        <h2>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  )
}

export interface KeyFigure {
  readonly label: string
  readonly value: ReactNode
  readonly note?: ReactNode
}

/** The few figures that answer a page's question. */
export function Figures({ figures }: { readonly figures: readonly KeyFigure[] }) {
  return (
    <dl className={classes.figures}>
      {figures.map(({ label, value, note }) => (
        <div key={label} className={classes.figure}>
          <dt>{label}</dt>
          <dd>
            {value}
            {note ? <div className={classes.note}>{note}</div> : null}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Names and values, one below the other. */
export function Fields({
  fields,
}: {
  readonly fields: readonly (readonly [label: string, value: ReactNode])[]
}) {
  return (
    <dl className={classes.fields}>
      {fields.map(([label, value]) => (
        <FieldRow key={label} label={label} value={value} />
      ))}
    </dl>
  )
}

function FieldRow({ label, value }: { readonly label: string; readonly value: ReactNode }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  )
}
