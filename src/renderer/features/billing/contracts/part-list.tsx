import { ActionIcon, Button } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import classes from './contracts.module.css'

interface Part {
  readonly id: number
}

/** Changes one part of a list of drafts, or leaves it out. */
export function partsOf<P extends Part>(parts: readonly P[], onChange: (parts: P[]) => void) {
  return {
    put: (id: number, changed: Partial<P>) =>
      onChange(parts.map(one => (one.id === id ? { ...one, ...changed } : one))),
    drop: (id: number) => onChange(parts.filter(one => one.id !== id)),
  }
}

/** The parts of one kind, one below the other, and a button for one more. */
export function PartList({
  title,
  add,
  onAdd,
  children,
}: {
  readonly title: string
  readonly add: string
  readonly onAdd: () => void
  readonly children: ReactNode
}) {
  return (
    <fieldset className={classes.part}>
      <legend>{title}</legend>
      {children}
      <AddPart label={add} onClick={onAdd} />
    </fieldset>
  )
}

export function AddPart({ label, onClick }: { readonly label: string; readonly onClick: () => void }) {
  return (
    <div className={classes.buttons}>
      <Button
        variant="default"
        size="compact-sm"
        leftSection={<IconPlus size={14} aria-hidden="true" />}
        onClick={onClick}
      >
        {label}
      </Button>
    </div>
  )
}

export function RemovePart({
  label,
  disabled = false,
  onClick,
}: {
  readonly label: string
  readonly disabled?: boolean
  readonly onClick: () => void
}) {
  return (
    <ActionIcon aria-label={label} disabled={disabled} onClick={onClick}>
      <IconTrash size={16} />
    </ActionIcon>
  )
}
