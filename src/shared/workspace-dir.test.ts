import { describe, expect, it } from 'vitest'
import { defaultWorkspaceDir } from './workspace-dir.ts'

describe('the default workspace directory', () => {
  const cases: [string, string, Record<string, string>, string][] = [
    ['linux', '/home/a', {}, '/home/a/.local/share/quarterdeck/workspaces/default'],
    ['linux', '/home/a', { XDG_DATA_HOME: '/data' }, '/data/quarterdeck/workspaces/default'],
    ['linux', '/home/a', { XDG_DATA_HOME: 'data' }, '/home/a/.local/share/quarterdeck/workspaces/default'],
    ['darwin', '/Users/a', {}, '/Users/a/Library/Application Support/Quarterdeck/workspaces/default'],
    ['win32', 'C:\\Users\\a', {}, 'C:\\Users\\a\\AppData\\Roaming\\Quarterdeck\\workspaces\\default'],
    ['win32', 'C:\\Users\\a', { APPDATA: 'D:\\r' }, 'D:\\r\\Quarterdeck\\workspaces\\default'],
    ['linux', '/home/a', { QUARTERDECK_WORKSPACE: '/srv/w' }, '/srv/w'],
    [
      'linux',
      '/home/a',
      { QUARTERDECK_WORKSPACE: '' },
      '/home/a/.local/share/quarterdeck/workspaces/default',
    ],
  ]
  it('refuses a name that is none', () => {
    const machine = { platform: 'linux', home: '/home/a', env: { QUARTERDECK_WORKSPACE: 'no name!' } }
    expect(() => defaultWorkspaceDir(machine)).toThrow(RangeError)
  })

  it.each(cases)('%s %s %j', (platform, home, env, expected) => {
    expect(defaultWorkspaceDir({ platform, home, env })).toBe(expected)
  })
})
