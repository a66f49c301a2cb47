import type { ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openKeyRing } from '#main/host/keys/key-ring.ts'

/** The address with its one-time token that a host prints when it is ready. */
export function addressOf(host: ChildProcess, patience: number): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = ''
    const late = setTimeout(() => reject(new Error(`the host gave no address: ${said}`)), patience)
    host.stdout!.on('data', chunk => {
      said += chunk
      const found = /http:\/\/\S+#token=\S+/.exec(said)
      if (!found) return
      clearTimeout(late)
      resolve(found[0])
    })
    host.once('exit', code => reject(new Error(`the host ended with ${code}: ${said}`)))
  })
}

/** Ends a host and waits until it is gone. */
export function ended(host: ChildProcess): Promise<void> {
  return new Promise(resolve => {
    host.once('exit', () => resolve())
    host.kill('SIGTERM')
  })
}

/** The key of the default workspace below a data folder, from the key file that its set-up made. */
export async function keyOf(home: string, path: string): Promise<Uint8Array> {
  const keys = join(home, 'keys')
  const [keyFile] = readdirSync(keys).filter(name => name.startsWith('default-'))
  const slots = path.replace(/\.db$/, '.keys.json')
  const secret = { kind: 'key-file' as const, path: join(keys, keyFile!) }
  const { key } = await openKeyRing(slots, secret, { now: () => new Date().toISOString() })
  return key
}
