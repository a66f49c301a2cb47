import { ActionIcon, Button } from '@mantine/core'
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconExclamationCircle,
  IconInfoCircle,
  IconX,
} from '@tabler/icons-react'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { errorWords, isRequested } from '#renderer/ui/page/error-words.ts'
import classes from './overlay.module.css'

export interface Toast {
  /** A message takes the place of the one before it under the same name. */
  readonly name?: string | undefined
  readonly text: string
  readonly detail?: string | undefined
  readonly tone?: 'ok' | 'info' | 'warning' | 'critical'
  /** One thing to do about it, such as Undo. */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined
}

interface Shown extends Toast {
  readonly id: number
}

export interface Toasts {
  show(toast: Toast): void
  /** Words for a failure; for what a server was asked to do they are no alarm. */
  fail(error: unknown): void
}

const ToastContext = createContext<Toasts | null>(null)

const ICONS = {
  ok: IconCircleCheck,
  info: IconInfoCircle,
  warning: IconAlertTriangle,
  critical: IconExclamationCircle,
} as const

/** Milliseconds that a message stays. What went wrong stays until it is closed. */
const STAYS = 6000

/** Shows short messages in the corner and reads them out. */
export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const { t, i18n } = useTranslation()
  const [shown, setShown] = useState<readonly Shown[]>([])
  const close = useCallback((id: number) => setShown(list => list.filter(toast => toast.id !== id)), [])
  const toasts = useMemo<Toasts>(() => {
    let next = 0
    const show = (toast: Toast) => {
      next += 1
      const id = next
      setShown(list => [
        ...list.filter(({ name }) => name === undefined || name !== toast.name).slice(-3),
        { ...toast, id },
      ])
    }
    return {
      show,
      fail: error => {
        const words = errorWords(error, i18n)
        show({
          text: words.text,
          detail: words.reference ?? undefined,
          tone: isRequested(error) ? 'info' : 'critical',
        })
      },
    }
  }, [i18n])
  return (
    <ToastContext value={toasts}>
      {children}
      <section className={classes.toasts} aria-label={t('ui.toast.region')} aria-live="polite">
        {shown.map(toast => (
          <ToastCard key={toast.id} toast={toast} onClose={close} />
        ))}
      </section>
    </ToastContext>
  )
}

function ToastCard({ toast, onClose }: { readonly toast: Shown; readonly onClose: (id: number) => void }) {
  const { t } = useTranslation()
  const [held, setHeld] = useState(false)
  const tone = toast.tone ?? 'ok'
  const Icon = ICONS[tone]
  useEffect(() => {
    if (held || tone === 'critical') return
    const timer = setTimeout(() => onClose(toast.id), STAYS)
    return () => clearTimeout(timer)
  }, [held, tone, toast.id, onClose])
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the pointer only holds the message in place
    <div
      className={classes.toast}
      data-tone={tone}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <Icon size={16} aria-hidden="true" />
      <div className={classes.message}>
        {toast.text}
        {toast.detail ? <small>{toast.detail}</small> : null}
      </div>
      {toast.action ? (
        <Button
          size="compact-xs"
          onClick={() => {
            toast.action?.run()
            onClose(toast.id)
          }}
        >
          {toast.action.label}
        </Button>
      ) : null}
      <ActionIcon size="sm" aria-label={t('ui.close')} onClick={() => onClose(toast.id)}>
        <IconX size={14} />
      </ActionIcon>
    </div>
  )
}

/** Shows messages. Must be below `ToastProvider`. */
export function useToasts(): Toasts {
  const toasts = useContext(ToastContext)
  if (!toasts) throw new Error('useToasts outside of ToastProvider')
  return toasts
}

/** Copies text and says so. */
export function useCopy(): (text: string, said?: string) => void {
  const toasts = useToasts()
  const { t } = useTranslation()
  return useCallback(
    (text, said) => {
      navigator.clipboard.writeText(text).then(
        () => toasts.show({ text: said ?? t('ui.copied') }),
        error => toasts.fail(error),
      )
    },
    [toasts, t],
  )
}
