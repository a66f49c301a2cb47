import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { extractFile, listPackage } from '@electron/asar'
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses'
import { getConfig, validateConfiguration } from 'app-builder-lib/out/util/config/config.js'
import { DebugLogger } from 'builder-util'
import type { Configuration } from 'electron-builder'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sliceFile } from '#core/documents/font-files.ts'
import { FACES, slicesOf } from '#core/documents/font-slices.ts'
import { isBuildStale } from '../../scripts/lib/build.ts'
import { root, run } from '../../scripts/lib/run.ts'

const configuration = await getConfig(root, 'electron-builder.yml', null)

/** The mark by which fuses are found in Electron's binary, then version, length, and all of them set. */
const FUSES = Buffer.from('dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX\u0001\u0009111111111', 'latin1')

const validate = (candidate: Configuration) => validateConfiguration(candidate, new DebugLogger(false))

describe('electron-builder.yml', () => {
  it('is valid', async () => {
    await validate(structuredClone(configuration))
  })

  it('would be refused with a word that electron-builder does not know', async () => {
    await expect(validate({ ...configuration, asarUnpak: [] } as Configuration)).rejects.toThrow('asarUnpak')
  })

  it('makes every package that is promised, with fuses that close what is not needed', () => {
    expect(configuration.linux?.target).toEqual(['AppImage', 'deb'])
    expect(configuration.mac?.target).toEqual(['dmg', 'zip'])
    expect(configuration.win?.target).toEqual(['nsis'])
    expect(configuration.electronFuses).toMatchObject({
      runAsNode: false,
      onlyLoadAppFromAsar: true,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
    })
    // Without them electron-builder refuses to make a .deb, after everything else was built.
    expect(configuration.extraMetadata).toMatchObject({ homepage: expect.stringMatching(/^https:/) })
    expect(configuration.linux?.maintainer).toMatch(/<.+@.+>/)
    expect(configuration.protocols).toEqual([{ name: 'Quarterdeck', schemes: ['quarterdeck'] }])
  })

  it('names icons that are there, in the sizes that they say', () => {
    for (const file of [configuration.mac!.icon!, configuration.win!.icon!] as string[]) {
      expect(existsSync(join(root, file)), file).toBe(true)
    }
    for (const name of readdirSync(join(root, 'resources/icons'))) {
      const png = readFileSync(join(root, 'resources/icons', name))
      expect(`${png.readUInt32BE(16)}x${png.readUInt32BE(20)}.png`).toBe(name)
    }
  })
})

describe('the packed application', () => {
  let directory: string
  let unpacked: string

  beforeAll(async () => {
    if (await isBuildStale()) throw new Error('These tests pack the build: npm run build first')
    directory = mkdtempSync(join(tmpdir(), 'quarterdeck-pack-'))
    const runtime = join(directory, 'runtime')
    mkdirSync(join(runtime, 'resources'), { recursive: true })
    for (const name of ['LICENSE', 'LICENSES.chromium.html']) writeFileSync(join(runtime, name), name)
    writeFileSync(join(runtime, 'version'), '45.4.1')
    const script = join(root, 'test/packaging/stand-in.ts')
    const start = `#!/bin/sh\nexec "${process.execPath}" "${script}" "$0" "$@"\n`
    writeFileSync(join(runtime, 'electron'), Buffer.concat([Buffer.from(start), FUSES]))
    chmodSync(join(runtime, 'electron'), 0o755)
    const { code, output } = await run(
      'electron-builder',
      [
        '--linux',
        'dir',
        '--publish',
        'never',
        `-c.electronDist=${runtime}`,
        `-c.directories.output=${join(directory, 'dist')}`,
      ],
      { capture: true },
    )
    if (code !== 0) throw new Error(output)
    unpacked = join(directory, 'dist/linux-unpacked')
  }, 120_000)

  afterAll(() => rmSync(directory, { recursive: true, force: true }))

  it('holds what is needed and nothing else', () => {
    const archive = join(unpacked, 'resources/app.asar')
    const files = listPackage(archive, { isPack: false }).map(path => path.replaceAll('\\', '/'))
    expect(files).toContain('/package.json')
    for (const entry of ['index', 'core-process', 'worker', 'cli', 'browser-host']) {
      expect(files).toContain(`/out/main/${entry}.js`)
    }
    expect(files).toContain('/out/preload/index.cjs')
    expect(files).toContain('/out/renderer/index.html')
    expect(files.filter(file => file.endsWith('.node'))).toEqual([
      `/node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`,
    ])
    const strangers = files.filter(
      file =>
        !/^\/(package\.json$|out($|\/)|resources($|\/)|node_modules($|\/better-sqlite3($|\/)))/.test(file),
    )
    expect(strangers).toEqual([])
    expect(files.filter(file => /\.map$|\.ts$|\.test\./.test(file))).toEqual([])
    const unpackedBinary = `${archive}.unpacked/node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`
    expect(existsSync(unpackedBinary)).toBe(true)
    // Faces for the scripts of all customers: the slices that documents ask for, and no more.
    const fonts = files.filter(file => file.startsWith('/out/main/fonts/'))
    const slices = FACES.flatMap(face =>
      slicesOf(face).flatMap(slice => [sliceFile(face, slice, 400), sliceFile(face, slice, 700)]),
    )
    expect(fonts.toSorted()).toEqual(
      [...slices, 'LICENCES.txt'].map(name => `/out/main/fonts/${name}`).toSorted(),
    )
    const licences = extractFile(archive, 'out/main/fonts/LICENCES.txt').toString()
    for (const font of ['Roboto', 'inter', 'jetbrains-mono', ...FACES.map(face => `noto-sans-${face}`)]) {
      expect(licences).toMatch(new RegExp(`${font}\n=+\n\n(?:Copyright|\\(c\\)) \\d{4}`))
    }
    expect(statSync(archive).size).toBeLessThan(50e6)
  })

  const start = (...args: string[]) =>
    run(join(unpacked, 'quarterdeck'), args, {
      capture: true,
      cwd: directory,
      env: { QUARTERDECK_HOME: join(directory, 'home'), DISPLAY: ':0' },
    })

  it('starts from its archive: the command line answers', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
    const told = await start('--version')
    expect(told.output.trim()).toBe(version)
    expect(told.code).toBe(0)
    const nothing = await start('diagnose', '--json')
    expect(JSON.parse(nothing.output)).toMatchObject({ error: { code: 'WORKSPACE_MISSING' } })
    expect(nothing.code).not.toBe(0)
    const made = await start(
      'setup',
      '--quiet',
      '--name',
      'Aria',
      '--admin',
      'Ada Lovelace <ada@example.com>',
    )
    expect(made.code, made.output).toBe(0)
    const diagnosed = await start('diagnose', '--json', '--quiet')
    expect(diagnosed.code, diagnosed.output).toBe(0)
    expect(JSON.parse(diagnosed.output)).toBeTypeOf('object')
    const unknown = await start('no-such-command')
    expect(unknown.code).not.toBe(0)
  })

  it('has its fuses set', async () => {
    const wire = await getCurrentFuseWire(join(unpacked, 'quarterdeck'))
    const isOn = (option: FuseV1Options) => wire[option] === FuseState.ENABLE
    expect(isOn(FuseV1Options.RunAsNode)).toBe(false)
    expect(isOn(FuseV1Options.EnableNodeOptionsEnvironmentVariable)).toBe(false)
    expect(isOn(FuseV1Options.EnableNodeCliInspectArguments)).toBe(false)
    expect(isOn(FuseV1Options.GrantFileProtocolExtraPrivileges)).toBe(false)
    expect(isOn(FuseV1Options.OnlyLoadAppFromAsar)).toBe(true)
    expect(isOn(FuseV1Options.EnableEmbeddedAsarIntegrityValidation)).toBe(true)
    expect(isOn(FuseV1Options.EnableCookieEncryption)).toBe(true)
  })

  it('would not start from a damaged archive', async () => {
    const copy = join(directory, 'damaged')
    cpSync(unpacked, copy, { recursive: true })
    const archive = join(copy, 'resources/app.asar')
    writeFileSync(archive, readFileSync(archive).subarray(0, 1000))
    const { code } = await run(join(copy, 'quarterdeck'), ['--version'], { capture: true })
    expect(code).not.toBe(0)
  })
})
