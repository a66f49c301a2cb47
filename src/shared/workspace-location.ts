/**
 * Where workspaces are on this machine. Pure, so that the desktop, the browser host, the command line and the
 * start script agree: `QUARTERDECK_HOME` where it is set, else the folder of the operating system.
 */
export interface Machine {
  readonly platform: string
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
}

export const DEFAULT_WORKSPACE = 'default'
/** The name of a workspace in the data folder: it becomes the name of a folder. */
export const WORKSPACE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/

function join(machine: Machine, ...parts: readonly string[]): string {
  return parts.join(machine.platform === 'win32' ? '\\' : '/')
}

function absolute(machine: Machine, path: string | undefined): string | undefined {
  if (path === undefined || path === '') return undefined
  // The XDG rules say that a relative path is to be ignored.
  return isAbsolute(machine, path) ? path : undefined
}

function isAbsolute(machine: Machine, path: string): boolean {
  return machine.platform === 'win32' ? /^([A-Za-z]:[\\/]|\\\\)/.test(path) : path.startsWith('/')
}

/** The folder that holds `workspaces/`. */
export function dataRoot(machine: Machine): string {
  const { env, platform, home } = machine
  const own = absolute(machine, env.QUARTERDECK_HOME)
  if (own) return own
  if (platform === 'win32')
    return join(
      machine,
      absolute(machine, env.APPDATA) ?? join(machine, home, 'AppData', 'Roaming'),
      'Quarterdeck',
    )
  if (platform === 'darwin') return join(machine, home, 'Library', 'Application Support', 'Quarterdeck')
  return join(
    machine,
    absolute(machine, env.XDG_DATA_HOME) ?? join(machine, home, '.local', 'share'),
    'quarterdeck',
  )
}

/** The folder of key files: not the one of the data, so that a copy of the data does not hold its key. */
export function keyRoot(machine: Machine): string {
  const { env, platform, home } = machine
  const own = absolute(machine, env.QUARTERDECK_HOME)
  if (own) return join(machine, own, 'keys')
  if (platform === 'win32') {
    const local = absolute(machine, env.LOCALAPPDATA) ?? join(machine, home, 'AppData', 'Local')
    return join(machine, local, 'Quarterdeck', 'keys')
  }
  const config = absolute(machine, env.XDG_CONFIG_HOME) ?? join(machine, home, '.config')
  return join(machine, config, 'quarterdeck', 'keys')
}

/**
 * The folder of a workspace. A name is a folder below `workspaces/`; what holds a separator or begins with a
 * dot or a tilde is a path (relative ones to `cwd`).
 * @returns undefined when it is neither
 */
export function workspaceDir(
  machine: Machine,
  nameOrDir: string | undefined,
  cwd: string,
): string | undefined {
  const wanted = nameOrDir ?? (machine.env.QUARTERDECK_WORKSPACE || DEFAULT_WORKSPACE)
  if (WORKSPACE_NAME.test(wanted)) return join(machine, dataRoot(machine), 'workspaces', wanted)
  if (isAbsolute(machine, wanted)) return wanted
  if (wanted === '~' || /^~[\\/]/.test(wanted)) return machine.home + wanted.slice(1)
  if (/^\.|[\\/]/.test(wanted)) return join(machine, cwd, wanted)
  return undefined
}
