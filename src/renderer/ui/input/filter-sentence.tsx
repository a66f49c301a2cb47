import { Button, Popover } from '@mantine/core'
import { IconPlus, IconX } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './input.module.css'

/** One condition of a filter, in words. */
export interface FilterClause {
  readonly id: string
  /** `service` */
  readonly field: string
  /** `is one of` */
  readonly operator: string
  /** The values in words; none for `is empty`. */
  readonly values: readonly string[]
}

/** Values of a clause that are written out; how many more there are is said. */
const WRITTEN = 3

export interface FilterSentenceProps {
  /** What is filtered: `Effective cost`. */
  readonly subject: string
  readonly clauses: readonly FilterClause[]
  readonly onRemove: (id: string) => void
  readonly onClear?: (() => void) | undefined
  /** The form for a clause, or for a new one (null). It calls `close` when it is done. */
  readonly editor: (id: string | null, close: () => void) => ReactNode
}

/** Filters that read as a sentence: `Effective cost where service is one of EC2, S3 and region is eu-west-1`. */
export function FilterSentence({ subject, clauses, onRemove, onClear, editor }: FilterSentenceProps) {
  const { t } = useTranslation()
  const [edited, setEdited] = useState<string | null>(null)
  const close = () => setEdited(null)
  return (
    <div className={classes.sentence}>
      <span>{subject}</span>
      {clauses.map((clause, i) => (
        <ClauseView
          key={clause.id}
          clause={clause}
          word={i === 0 ? t('ui.filter.where') : t('ui.filter.and')}
          opened={edited === clause.id}
          onOpen={() => setEdited(clause.id)}
          onClose={close}
          onRemove={() => onRemove(clause.id)}
          editor={editor}
        />
      ))}
      <Popover
        opened={edited === ''}
        onChange={opened => setEdited(opened ? '' : null)}
        trapFocus
        returnFocus
        position="bottom-start"
      >
        <Popover.Target>
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} aria-hidden="true" />}
            onClick={() => setEdited(edited === '' ? null : '')}
          >
            {t('ui.filter.add')}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>{edited === '' ? editor(null, close) : null}</Popover.Dropdown>
      </Popover>
      {clauses.length > 1 && onClear ? (
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onClear}>
          {t('ui.filter.clear')}
        </Button>
      ) : null}
    </div>
  )
}

function ClauseView(props: {
  readonly clause: FilterClause
  readonly word: string
  readonly opened: boolean
  readonly onOpen: () => void
  readonly onClose: () => void
  readonly onRemove: () => void
  readonly editor: FilterSentenceProps['editor']
}) {
  const { t } = useTranslation()
  const { clause } = props
  const more = clause.values.length - WRITTEN
  const values = [
    clause.values.slice(0, WRITTEN).join(', '),
    ...(more > 0 ? [t('ui.filter.more', { count: more })] : []),
  ].join(' ')
  return (
    <>
      <span className={classes.word}>{props.word}</span>
      <span className={classes.clause}>
        <Popover
          opened={props.opened}
          onChange={opened => (opened ? props.onOpen() : props.onClose())}
          trapFocus
          returnFocus
          position="bottom-start"
        >
          <Popover.Target>
            <button type="button" title={clause.values.join(', ')} onClick={props.onOpen}>
              <span>{clause.field}</span>
              <span className={classes.word}>{clause.operator}</span>
              <span className={classes.values}>{values}</span>
            </button>
          </Popover.Target>
          <Popover.Dropdown>{props.opened ? props.editor(clause.id, props.onClose) : null}</Popover.Dropdown>
        </Popover>
        <button
          type="button"
          className={classes.remove}
          aria-label={t('ui.filter.remove', { field: clause.field })}
          onClick={props.onRemove}
        >
          <IconX size={14} aria-hidden="true" />
        </button>
      </span>
    </>
  )
}
