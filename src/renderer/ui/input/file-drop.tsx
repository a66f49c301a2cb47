import { Button } from '@mantine/core'
import { IconFileUpload } from '@tabler/icons-react'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './input.module.css'

export interface FileDropProps {
  /** What is to be dropped, such as `Drop a bill here`. */
  readonly title: string
  /** Endings with their dot: `['.csv', '.csv.gz']`. */
  readonly endings: readonly string[]
  readonly onFile: (file: File) => void
  /** Opens a dialog of the host's own in place of the browser's. */
  readonly onChoose?: (() => void) | undefined
  readonly disabled?: boolean
}

/** True for a name with one of the endings, without regard to case. */
export function hasEnding(name: string, endings: readonly string[]): boolean {
  return endings.some(ending => name.toLowerCase().endsWith(ending))
}

/** A place for one file: dropped, or chosen in a dialog. */
export function FileDrop({ title, endings, onFile, onChoose, disabled = false }: FileDropProps) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  const types = t('ui.file.accepts', { types: endings.join(', ') })
  const take = (files: FileList | null) => {
    const [file] = files ?? []
    if (!file) return
    if ((files?.length ?? 0) > 1) setProblem(t('ui.file.tooMany'))
    else if (!hasEnding(file.name, endings)) setProblem(t('ui.file.refused', { name: file.name, types }))
    else {
      setProblem(null)
      onFile(file)
    }
  }
  const onDrop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    if (!disabled) take(event.dataTransfer.files)
  }
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is for the pointer; the button does the same
    <div
      className={classes.drop}
      data-over={over}
      onDragOver={event => {
        event.preventDefault()
        event.dataTransfer.dropEffect = disabled ? 'none' : 'copy'
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <IconFileUpload size={28} stroke={1.5} aria-hidden="true" />
      <strong>{title}</strong>
      <span>{t('ui.file.or')}</span>
      <Button
        variant="filled"
        disabled={disabled}
        onClick={() => (onChoose ? onChoose() : input.current?.click())}
      >
        {t('ui.file.choose')}
      </Button>
      <small>{types}</small>
      {problem ? <div role="alert">{problem}</div> : null}
      <input
        ref={input}
        type="file"
        hidden
        aria-label={t('ui.file.choose')}
        accept={endings.join(',')}
        onChange={event => {
          take(event.currentTarget.files)
          event.currentTarget.value = ''
        }}
      />
    </div>
  )
}
