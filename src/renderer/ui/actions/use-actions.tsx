import { Button, Menu } from '@mantine/core'
import { useEffect, useId, useMemo } from 'react'
import { usePalette } from '#renderer/state/palette.ts'
import { IS_MAC, KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { type Action, type BoundAction, bindAction } from './action.ts'
import { ariaShortcut } from './keys.ts'

/**
 * Offers actions to the palette, the keyboard and the list of shortcuts for as long as the component is
 * shown. Pass a memoised list.
 */
export function useActions(actions: readonly (BoundAction | null)[]): void {
  const owner = useId()
  const offer = usePalette(state => state.offer)
  const withdraw = usePalette(state => state.withdraw)
  const present = useMemo(() => actions.filter(action => action !== null), [actions])
  useEffect(() => {
    offer(owner, present)
    return () => withdraw(owner)
  }, [owner, present, offer, withdraw])
}

/** Runs an action and puts its failure into words. */
export function useRunAction(): (action: BoundAction) => void {
  const toasts = useToasts()
  return action => {
    try {
      Promise.resolve(action.run()).catch(error => toasts.fail(error))
    } catch (error) {
      toasts.fail(error)
    }
  }
}

export interface ActionButtonProps<C> {
  readonly action: Action<C>
  readonly context: C
  readonly primary?: boolean
  readonly disabled?: boolean
  readonly loading?: boolean
}

/** A button for an action, with its key beside it. Nothing where the action does not apply. */
export function ActionButton<C>({
  action,
  context,
  primary = false,
  disabled = false,
  loading = false,
}: ActionButtonProps<C>) {
  const run = useRunAction()
  const bound = bindAction(action, context)
  if (!bound) return null
  const Icon = bound.icon
  return (
    <Button
      variant={primary ? 'filled' : 'default'}
      color={bound.danger ? 'red' : 'teal'}
      disabled={disabled}
      loading={loading}
      leftSection={Icon ? <Icon size={16} stroke={1.75} aria-hidden="true" /> : undefined}
      rightSection={bound.key ? <KeyHint keys={bound.key} /> : undefined}
      aria-keyshortcuts={bound.key ? ariaShortcut(bound.key, IS_MAC) : undefined}
      data-action={bound.id}
      onClick={() => run(bound)}
    >
      {bound.label}
    </Button>
  )
}

/** A line of a menu for an action, with its key. For use inside Mantine's `Menu.Dropdown`. */
export function ActionMenuItem({ action }: { readonly action: BoundAction }) {
  const run = useRunAction()
  const Icon = action.icon
  return (
    <Menu.Item
      {...(action.danger ? { color: 'red' } : {})}
      leftSection={Icon ? <Icon size={16} stroke={1.75} aria-hidden="true" /> : undefined}
      rightSection={action.key ? <KeyHint keys={action.key} /> : undefined}
      onClick={() => run(action)}
    >
      {action.label}
    </Menu.Item>
  )
}
