import type { Icon } from '@tabler/icons-react'

/** A leaf of the contract, as far as an action needs it. */
export interface CapabilityLeaf {
  readonly '~orpc': { readonly meta?: unknown }
}

/** The id of a capability, either `ui.…` for what changes nothing but the page, or a leaf of the contract. */
export type ActionTarget = CapabilityLeaf | `ui.${string}`

export interface ActionDefinition<C> {
  /** What the person reads; called at each showing, so that it follows the language. */
  readonly label: (context: C) => string
  /** A shortcut as `parseShortcut` reads it. */
  readonly key?: string
  readonly icon?: Icon
  /** More words under which the palette finds it. */
  readonly keywords?: readonly string[]
  /** False hides the action for this context. */
  readonly when?: (context: C) => boolean
  /** True for what cannot be taken back: shown apart and in the warning colour. */
  readonly danger?: boolean
  /** Where it is listed: `page` (default) or `everywhere`. */
  readonly scope?: 'page' | 'everywhere'
  readonly run: (context: C) => void | Promise<void>
}

/** One thing that can be done, under the one id that it has everywhere. */
export interface Action<C> extends ActionDefinition<C> {
  readonly id: string
}

/** An action together with what it would be done to. */
export interface BoundAction {
  readonly id: string
  readonly label: string
  readonly key?: string | undefined
  readonly icon?: Icon | undefined
  readonly keywords: readonly string[]
  readonly danger: boolean
  readonly scope: 'page' | 'everywhere'
  readonly run: () => void | Promise<void>
}

/** The id of a leaf of the contract, such as `billing.invoice.approve`. Throws for a leaf that has none. */
export function capabilityId(leaf: CapabilityLeaf): string {
  const id = (leaf['~orpc'].meta as { id?: unknown } | undefined)?.id
  if (typeof id !== 'string') throw new Error('A leaf of the contract without an id')
  return id
}

/** Defines what can be done, once, for buttons, menus, the palette and the list of shortcuts. */
export function defineAction<C = void>(target: ActionTarget, definition: ActionDefinition<C>): Action<C> {
  return { ...definition, id: typeof target === 'string' ? target : capabilityId(target) }
}

/** The action for this context, or null where it does not apply. */
export function bindAction<C>(action: Action<C>, context: C): BoundAction | null {
  if (action.when && !action.when(context)) return null
  return {
    id: action.id,
    label: action.label(context),
    key: action.key,
    icon: action.icon,
    keywords: action.keywords ?? [],
    danger: action.danger ?? false,
    scope: action.scope ?? 'page',
    run: () => action.run(context),
  }
}
