import { Menu } from '@mantine/core'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import { ActionMenuItem } from '#renderer/ui/actions/use-actions.tsx'
import classes from './grid.module.css'

/** Where a menu opens, in pixels of the window. */
export interface MenuPlace {
  readonly x: number
  readonly y: number
}

/** What can be done to a row, with the key of each. */
export function GridRowMenu(props: {
  readonly place: MenuPlace
  readonly actions: readonly (BoundAction | null)[]
  readonly onClose: () => void
}) {
  const actions = props.actions.filter(action => action !== null)
  if (actions.length === 0) return null
  return (
    <Menu opened onClose={props.onClose}>
      <Menu.Target>
        <div className={classes.menuTarget} style={{ left: props.place.x, top: props.place.y }} />
      </Menu.Target>
      <Menu.Dropdown>
        {actions.map(action => (
          <ActionMenuItem key={action.id} action={action} />
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
