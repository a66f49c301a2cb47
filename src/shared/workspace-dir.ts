import { type Machine, workspaceDir } from './workspace-location.ts'

export type { Machine } from './workspace-location.ts'

/**
 * The folder of this person's workspace when nobody names one, the same for every host, so that the command
 * line, the browser and the desktop find one another's work. `QUARTERDECK_WORKSPACE` overrides it.
 * @returns an absolute path in the separators of the platform; the folder may not exist yet
 * @throws RangeError when `QUARTERDECK_WORKSPACE` is neither a name nor a folder
 */
export function defaultWorkspaceDir(machine: Machine): string {
  const dir = workspaceDir(machine, undefined, machine.home)
  if (dir === undefined)
    throw new RangeError(
      `QUARTERDECK_WORKSPACE=${machine.env.QUARTERDECK_WORKSPACE} is neither a name nor a folder.`,
    )
  return dir
}
