import { describe, expect, it } from 'vitest'
import { dataRoot, keyRoot, type Machine, workspaceDir } from './workspace-location.ts'

const linux: Machine = { platform: 'linux', home: '/home/ada', env: {} }
const mac: Machine = { platform: 'darwin', home: '/Users/ada', env: {} }
const windows: Machine = { platform: 'win32', home: 'C:\\Users\\ada', env: {} }

describe('workspace location', () => {
  it('follows the habits of each operating system', () => {
    expect(dataRoot(linux)).toBe('/home/ada/.local/share/quarterdeck')
    expect(dataRoot(mac)).toBe('/Users/ada/Library/Application Support/Quarterdeck')
    expect(dataRoot(windows)).toBe('C:\\Users\\ada\\AppData\\Roaming\\Quarterdeck')
    expect(dataRoot({ ...windows, env: { APPDATA: 'D:\\Roaming' } })).toBe('D:\\Roaming\\Quarterdeck')
    expect(dataRoot({ ...linux, env: { XDG_DATA_HOME: '/data' } })).toBe('/data/quarterdeck')
    expect(dataRoot({ ...linux, env: { XDG_DATA_HOME: 'relative' } })).toBe(
      '/home/ada/.local/share/quarterdeck',
    )
  })

  it('lets QUARTERDECK_HOME overrule', () => {
    for (const machine of [linux, mac]) {
      expect(dataRoot({ ...machine, env: { QUARTERDECK_HOME: '/q', XDG_DATA_HOME: '/data' } })).toBe('/q')
      expect(keyRoot({ ...machine, env: { QUARTERDECK_HOME: '/q' } })).toBe('/q/keys')
    }
    expect(dataRoot({ ...windows, env: { QUARTERDECK_HOME: 'D:\\q' } })).toBe('D:\\q')
  })

  it('keeps key files away from the data', () => {
    expect(keyRoot(linux)).toBe('/home/ada/.config/quarterdeck/keys')
    expect(keyRoot({ ...linux, env: { XDG_CONFIG_HOME: '/etc/x' } })).toBe('/etc/x/quarterdeck/keys')
    expect(keyRoot(mac)).toBe('/Users/ada/.config/quarterdeck/keys')
    expect(keyRoot(windows)).toBe('C:\\Users\\ada\\AppData\\Local\\Quarterdeck\\keys')
    expect(keyRoot({ ...windows, env: { LOCALAPPDATA: 'D:\\Local' } })).toBe('D:\\Local\\Quarterdeck\\keys')
  })

  it('tells names from folders', () => {
    const at = (wanted: string | undefined, machine = linux) => workspaceDir(machine, wanted, '/work')
    expect(at(undefined)).toBe('/home/ada/.local/share/quarterdeck/workspaces/default')
    expect(at(undefined, { ...linux, env: { QUARTERDECK_WORKSPACE: 'acme' } })).toMatch(/workspaces\/acme$/)
    expect(at('acme-2026')).toBe('/home/ada/.local/share/quarterdeck/workspaces/acme-2026')
    expect(at('/srv/acme')).toBe('/srv/acme')
    expect(at('./acme')).toBe('/work/./acme')
    expect(at('a/b')).toBe('/work/a/b')
    expect(at('~/acme')).toBe('/home/ada/acme')
    expect(at('C:\\acme', windows)).toBe('C:\\acme')
    expect(at('no such name!')).toBeUndefined()
    expect(at('')).toBeUndefined()
  })
})
