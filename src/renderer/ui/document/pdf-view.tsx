import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import classes from './pdf-view.module.css'

type Pdf = Awaited<ReturnType<typeof import('./pdf.ts').readPdf>['promise']>
type PdfPage = Awaited<ReturnType<Pdf['getPage']>>

/** Widest that a page is drawn, in pixels. */
const MOST = 1100

/** A PDF, page below page, as wide as its container, with its text for marking and for screen readers. */
export function PdfView({ bytes, label }: { readonly bytes: Uint8Array; readonly label: string }) {
  const { t } = useTranslation()
  const box = useRef<HTMLElement>(null)
  const [pages, setPages] = useState<readonly PdfPage[] | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [width, setWidth] = useState(0)
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.min(MOST, Math.floor(entry?.contentRect.width ?? 0))),
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    let gone = false
    let close: () => void = () => undefined
    setError(null)
    import('./pdf.ts')
      .then(async ({ readPdf }) => {
        const task = readPdf(bytes.slice())
        close = () => void task.destroy()
        const pdf = await task.promise
        const all = await Promise.all(Array.from({ length: pdf.numPages }, (_, i) => pdf.getPage(i + 1)))
        if (!gone) setPages(all)
      })
      .catch(failure => {
        if (!gone) setError(failure)
      })
    return () => {
      gone = true
      close()
    }
  }, [bytes])
  return (
    <section ref={box} className={classes.document} aria-label={label}>
      {error !== null ? (
        <ErrorState error={error} title={t('ui.document.failed')} />
      ) : pages === null || width === 0 ? (
        <LoadingState rows={12} />
      ) : (
        pages.map((page, i) => (
          <PageView
            key={page.pageNumber}
            page={page}
            width={width}
            label={t('ui.document.page', { page: i + 1, pages: pages.length })}
          />
        ))
      )}
    </section>
  )
}

function PageView({
  page,
  width,
  label,
}: {
  readonly page: PdfPage
  readonly width: number
  readonly label: string
}) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const text = useRef<HTMLDivElement>(null)
  const natural = page.getViewport({ scale: 1 })
  const scale = width / natural.width
  useEffect(() => {
    const drawing = canvas.current
    const layer = text.current
    if (!drawing || !layer) return
    const viewport = page.getViewport({ scale })
    const ratio = window.devicePixelRatio || 1
    drawing.width = Math.floor(viewport.width * ratio)
    drawing.height = Math.floor(viewport.height * ratio)
    const task = page.render({
      canvas: drawing,
      viewport,
      ...(ratio === 1 ? {} : { transform: [ratio, 0, 0, ratio, 0, 0] }),
    })
    // A drawing that is given up rejects; the next one is under way by then.
    task.promise.catch(() => undefined)
    let words: { cancel: () => void } | null = null
    let gone = false
    void Promise.all([import('./pdf.ts'), page.getTextContent()]).then(([{ TextLayer }, content]) => {
      if (gone) return
      layer.replaceChildren()
      const made = new TextLayer({ textContentSource: content, container: layer, viewport })
      words = made
      made.render().catch(() => undefined)
    })
    return () => {
      gone = true
      task.cancel()
      words?.cancel()
    }
  }, [page, scale])
  return (
    <div
      className={classes.page}
      style={
        {
          width,
          height: natural.height * scale,
          '--total-scale-factor': scale,
          '--scale-factor': scale,
        } as React.CSSProperties
      }
    >
      <canvas ref={canvas} role="img" aria-label={label} />
      <div ref={text} className={classes.text} />
    </div>
  )
}
