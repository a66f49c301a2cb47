/** Renders `resources/*.svg` into the icons that the packages need: `node scripts/icons.mjs`. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { ensureBrowser } from './browser.ts'
import { root } from './run.ts'

const RESOURCES = join(root, 'resources')
const SIZES = [16, 24, 32, 48, 64, 128, 256, 512, 1024] as const
/** Below this the spokes would run together. */
const SMALL_UP_TO = 32

/** Type codes of `.icns` entries that hold a PNG, by edge in pixels. */
const ICNS_TYPES: readonly [type: string, size: number][] = [
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
]

/** An `.ico` file of PNG images, each at most 256 pixels wide. */
export function ico(images: readonly { size: number; png: Uint8Array }[]): Buffer {
  const header = Buffer.alloc(6 + images.length * 16)
  header.writeUInt16LE(1, 2)
  header.writeUInt16LE(images.length, 4)
  let offset = header.length
  images.forEach(({ size, png }, index) => {
    const at = 6 + index * 16
    // 256 is written as 0.
    header.writeUInt8(size % 256, at)
    header.writeUInt8(size % 256, at + 1)
    header.writeUInt16LE(1, at + 4)
    header.writeUInt16LE(32, at + 6)
    header.writeUInt32LE(png.length, at + 8)
    header.writeUInt32LE(offset, at + 12)
    offset += png.length
  })
  return Buffer.concat([header, ...images.map(({ png }) => png)])
}

/** An `.icns` file of PNG images. */
export function icns(images: readonly { type: string; png: Uint8Array }[]): Buffer {
  const entries = images.map(({ type, png }) => {
    const head = Buffer.alloc(8)
    head.write(type, 'ascii')
    head.writeUInt32BE(png.length + 8, 4)
    return Buffer.concat([head, png])
  })
  const head = Buffer.alloc(8)
  head.write('icns', 'ascii')
  head.writeUInt32BE(8 + entries.reduce((sum, entry) => sum + entry.length, 0), 4)
  return Buffer.concat([head, ...entries])
}

export async function main(): Promise<number> {
  const browser = await ensureBrowser()
  if ('problem' in browser) {
    console.error(browser.problem)
    return 1
  }
  const running = await chromium.launch({
    executablePath: browser.path,
    chromiumSandbox: process.getuid?.() !== 0,
  })
  try {
    const page = await running.newPage()
    const render = async (file: string, size: number): Promise<Buffer> => {
      const svg = readFileSync(join(RESOURCES, file), 'utf8')
      await page.setViewportSize({ width: size, height: size })
      await page.setContent(
        `<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
      )
      return page.screenshot({ omitBackground: true })
    }
    const png = new Map<number, Buffer>()
    mkdirSync(join(RESOURCES, 'icons'), { recursive: true })
    mkdirSync(join(RESOURCES, 'tray'), { recursive: true })
    for (const size of SIZES) {
      const image = await render(size <= SMALL_UP_TO ? 'quarterdeck-small.svg' : 'quarterdeck.svg', size)
      png.set(size, image)
      writeFileSync(join(RESOURCES, 'icons', `${size}x${size}.png`), image)
    }
    const icoSizes = SIZES.filter(size => size <= 256)
    writeFileSync(join(RESOURCES, 'icon.ico'), ico(icoSizes.map(size => ({ size, png: png.get(size)! }))))
    writeFileSync(
      join(RESOURCES, 'icon.icns'),
      icns(ICNS_TYPES.map(([type, size]) => ({ type, png: png.get(size)! }))),
    )
    for (const [name, file] of [
      ['tray', 'quarterdeck-small.svg'],
      ['trayTemplate', 'tray.svg'],
    ] as const) {
      writeFileSync(join(RESOURCES, 'tray', `${name}.png`), await render(file, 16))
      writeFileSync(join(RESOURCES, 'tray', `${name}@2x.png`), await render(file, 32))
    }
  } finally {
    await running.close()
  }
  return 0
}
