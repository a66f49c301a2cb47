import { Button, Menu } from '@mantine/core'
import { useEffect, useId, useMemo, useRef } from 'react'
import { usePalette } from '#renderer/state/palette.ts'
import { IS_MAC, KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { useToasts } from '#renderer/ui/overlay/toast.tsx'
import { type Action, type BoundAction, bindAction } from './action.ts'
import { ariaShortcut } from './keys.ts'

/**
 * Offers actions to the palette, the keyboard and the list of shortcuts for as long as the component is shown.
 * Only what a person would notice (names, keys) is offered anew, so that a list made at each render does not
 * render everything that shows what is offered, and itself again, without end. What runs is the latest.
 */
export function useActions(actions: readonly (BoundAction | null)[]): void {
  const owner = useId()
  const offer = usePalette(state => state.offer)
  const withdraw = usePalette(state => state.withdraw)
  const present = actions.filter(action => action !== null)
  const latest = useRef(present)
  useEffect(() => {
    latest.current = present
  })
  const noticed = JSON.stringify(present.map(({ run: _, icon: __, ...rest }) => rest))
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is noticed decides, see above
  const offered = useMemo(
    () =>
      present.map(action => ({
        ...action,
        run: () => latest.current.find(({ id }) => id === action.id)?.run(),
      })),
    [noticed],
  )
  useEffect(() => {
    offer(owner, offered)
    return () => withdraw(owner)
  }, [owner, offered, offer, withdraw])
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

/** A button that also offers its action to the palette and the keyboard for as long as it is shown. */
export function OfferedButton<C>(props: ActionButtonProps<C>) {
  const { action, context, disabled = false } = props
  useActions([disabled ? null : bindAction(action, context)])
  return <ActionButton {...props} />
}
