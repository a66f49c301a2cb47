import {
  IconAlertTriangle,
  IconCircleCheck,
  IconCircleDot,
  IconExclamationCircle,
  IconInfoCircle,
  IconLoader,
} from '@tabler/icons-react'
import classes from './display.module.css'

export type Tone = 'ok' | 'warning' | 'critical' | 'info' | 'running' | 'neutral'

const ICONS = {
  ok: IconCircleCheck,
  warning: IconAlertTriangle,
  critical: IconExclamationCircle,
  info: IconInfoCircle,
  running: IconLoader,
  neutral: IconCircleDot,
} as const

/** A state by word, icon and colour together. */
export function StatusBadge({ tone, label }: { readonly tone: Tone; readonly label: string }) {
  const Icon = ICONS[tone]
  return (
    <span className={classes.badge} data-tone={tone}>
      <Icon size={14} stroke={2} aria-hidden="true" />
      {label}
    </span>
  )
}
