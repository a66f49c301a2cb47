import { describe, expect, it } from 'vitest'
import {
  ariaShortcut,
  createKeyFollower,
  type KeyPressed,
  matchesPress,
  parseShortcut,
  shortcutCaps,
} from './keys.ts'

const press = (key: string, held: Partial<KeyPressed> = {}): KeyPressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  shiftKey: false,
  altKey: false,
  ...held,
})

describe('parseShortcut', () => {
  it('reads sequences, modifiers and names', () => {
    expect(parseShortcut('g c')).toHaveLength(2)
    expect(parseShortcut('mod+shift+k')).toEqual([{ key: 'k', mod: true, shift: true, alt: false }])
    expect(parseShortcut('alt+up')[0]).toMatchObject({ key: 'arrowup', alt: true })
    expect(parseShortcut('space')[0]?.key).toBe(' ')
    expect(parseShortcut('+')[0]?.key).toBe('+')
  })

  it('refuses a modifier that there is not', () => {
    expect(() => parseShortcut('hyper+k')).toThrow('hyper')
  })
})

describe('matchesPress', () => {
  const [modK] = parseShortcut('mod+k')
  it('takes Ctrl elsewhere and Cmd on a Mac, and never the other one too', () => {
    expect(matchesPress(modK!, press('k', { ctrlKey: true }), false)).toBe(true)
    expect(matchesPress(modK!, press('k', { metaKey: true }), true)).toBe(true)
    expect(matchesPress(modK!, press('k', { metaKey: true }), false)).toBe(false)
    expect(matchesPress(modK!, press('k', { ctrlKey: true, metaKey: true }), false)).toBe(false)
  })

  it('looks at Shift for letters and not for signs, which need it on some keyboards', () => {
    const [question] = parseShortcut('?')
    const [a] = parseShortcut('a')
    expect(matchesPress(question!, press('?', { shiftKey: true }), false)).toBe(true)
    expect(matchesPress(question!, press('?'), false)).toBe(true)
    expect(matchesPress(a!, press('A', { shiftKey: true }), false)).toBe(false)
    expect(matchesPress(parseShortcut('shift+a')[0]!, press('A', { shiftKey: true }), false)).toBe(true)
  })
})

describe('createKeyFollower', () => {
  const shortcuts = [
    ['a', 'approve'],
    ['g c', 'costs'],
    ['g j', 'jobs'],
  ] as const
  const follow = () => {
    const follower = createKeyFollower<string>(1000)
    return (key: string, at: number) => follower.press(press(key), shortcuts, at, false)
  }

  it('runs single presses at once and sequences at their last press', () => {
    const at = follow()
    expect(at('a', 0)).toEqual({ kind: 'run', value: 'approve' })
    expect(at('g', 10)).toEqual({ kind: 'wait' })
    expect(at('j', 20)).toEqual({ kind: 'run', value: 'jobs' })
  })

  it('forgets a sequence after a pause, and begins anew with a press that does not go on', () => {
    const at = follow()
    at('g', 0)
    expect(at('c', 1500)).toEqual({ kind: 'none' })
    at('g', 2000)
    expect(at('a', 2100)).toEqual({ kind: 'run', value: 'approve' })
    at('g', 3000)
    expect(at('g', 3100)).toEqual({ kind: 'wait' })
    expect(at('c', 3200)).toEqual({ kind: 'run', value: 'costs' })
  })
})

describe('what is shown', () => {
  it('names keys as keyboards do', () => {
    expect(shortcutCaps('mod+shift+k', false)).toEqual([['Ctrl', 'Shift', 'K']])
    expect(shortcutCaps('mod+k', true)).toEqual([['⌘', 'K']])
    expect(shortcutCaps('g pagedown', false)).toEqual([['G'], ['PgDn']])
  })

  it('has a form for assistive technology, but for sequences', () => {
    expect(ariaShortcut('mod+k', false)).toBe('Control+K')
    expect(ariaShortcut('shift+space', false)).toBe('Shift+Space')
    expect(ariaShortcut('g c', false)).toBeUndefined()
  })
})
