import { ActionIcon } from '@mantine/core'
import { IconX } from '@tabler/icons-react'
import { type KeyboardEvent, type PointerEvent, type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useLayout } from '#renderer/state/layout.ts'
import classes from './overlay.module.css'

const LEAST = 280
const MOST = 900

/** Puts a side pane beside its first child. */
export function Split({ children, pane }: { readonly children: ReactNode; readonly pane: ReactNode }) {
  return (
    <div className={classes.split}>
      <div>{children}</div>
      {pane}
    </div>
  )
}

/** A pane at the right that does not cover the page: details of the row that has the focus. Its width is kept. */
export function SidePane({
  name,
  title,
  onClose,
  width: usual = 400,
  children,
}: {
  /** Under which its width is kept. */
  readonly name: string
  readonly title: ReactNode
  readonly onClose: () => void
  /** Pixels, until somebody makes it wider or narrower. */
  readonly width?: number
  readonly children: ReactNode
}) {
  const { t } = useTranslation()
  const width = useLayout(state => state.panes[name] ?? usual)
  const setPane = useLayout(state => state.setPane)
  const titleId = useId()
  const resize = (to: number) => setPane(name, Math.min(MOST, Math.max(LEAST, Math.round(to))))
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    const handle = event.currentTarget
    const from = event.clientX
    handle.setPointerCapture(event.pointerId)
    const move = (moved: globalThis.PointerEvent) => resize(width + from - moved.clientX)
    handle.addEventListener('pointermove', move)
    handle.addEventListener('pointerup', () => handle.removeEventListener('pointermove', move), {
      once: true,
    })
  }
  const onHandleKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowLeft') resize(width + 24)
    if (event.key === 'ArrowRight') resize(width - 24)
  }
  return (
    <aside
      className={classes.pane}
      style={{ width }}
      aria-labelledby={titleId}
      onKeyDown={event => {
        if (event.key !== 'Escape' || event.defaultPrevented) return
        event.preventDefault()
        onClose()
      }}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a focusable separator is the pattern of a window splitter */}
      <div
        className={classes.handle}
        role="separator"
        aria-orientation="vertical"
        aria-labelledby={titleId}
        aria-valuemin={LEAST}
        aria-valuemax={MOST}
        aria-valuenow={width}
        tabIndex={0}
        onPointerDown={drag}
        onKeyDown={onHandleKey}
      />
      <div className={classes.paneHead}>
        <h2 id={titleId}>{title}</h2>
        <ActionIcon aria-label={t('ui.close')} onClick={onClose}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      <div className={classes.paneBody}>{children}</div>
    </aside>
  )
}
