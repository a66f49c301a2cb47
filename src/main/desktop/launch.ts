import { deepLinkOf } from '#shared/deep-link.ts'

/** What a start of the binary asks for. */
export type Launch =
  /** A command line: no window, the core in this process, exit code at the end. */
  | { readonly kind: 'cli'; readonly args: readonly string[] }
  | { readonly kind: 'window'; readonly workspaceDir: string | undefined; readonly route: string | null }

const CLI_FLAGS = ['--version', '--help', '-h', '-V']

/**
 * Reads the arguments of the process.
 * @param argv `process.argv`
 * @param isDefaultApp true where Electron was started with the application's directory as its first argument
 */
export function parseLaunch(argv: readonly string[], isDefaultApp: boolean): Launch {
  const args = argv.slice(isDefaultApp ? 2 : 1)
  const first = args[0]
  // A command is one plain word; links, paths and the switches of Chromium and macOS are not.
  if (first !== undefined && (/^[a-z][a-z-]*$/.test(first) || CLI_FLAGS.includes(first))) {
    return { kind: 'cli', args }
  }
  return { kind: 'window', workspaceDir: workspaceOf(args), route: deepLinkOf(args) }
}

function workspaceOf(args: readonly string[]): string | undefined {
  const at = args.indexOf('--workspace')
  if (at >= 0) return args[at + 1]
  return args.find(argument => argument.startsWith('--workspace='))?.slice('--workspace='.length)
}
