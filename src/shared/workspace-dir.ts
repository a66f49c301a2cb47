/**
 * Where the workspace of this person lives, the same for every host, so that the command line, the browser
 * and the desktop find one another's work.
 */

export interface Machine {
  readonly platform: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}

/** Overrides the default place; `--workspace` overrides both. */
export const WORKSPACE_VARIABLE = 'QUARTERDECK_WORKSPACE'

/**
 * The default directory of the workspace's files (database, key slots, lock, documents).
 * @returns an absolute path in the separators of the platform; the directory may not exist yet
 */
export function defaultWorkspaceDir({ platform, env, home }: Machine): string {
  const chosen = env[WORKSPACE_VARIABLE]
  if (chosen !== undefined && chosen !== '') return chosen
  if (platform === 'win32') return `${env.APPDATA || `${home}\\AppData\\Roaming`}\\Quarterdeck\\workspace`
  if (platform === 'darwin') return `${home}/Library/Application Support/Quarterdeck/workspace`
  const data = env.XDG_DATA_HOME
  // The XDG specification: a relative value is ignored.
  return `${data?.startsWith('/') ? data : `${home}/.local/share`}/quarterdeck/workspace`
}
