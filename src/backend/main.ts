import { readConfig } from './config.ts'
import { startBackend } from './start-backend.ts'

export interface MainOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly version: string
}

/** `npm run backend`: serves until it is told to stop. Resolves to the exit code. */
export async function main(options: MainOptions): Promise<number> {
  const { environment, version } = options
  try {
    const backend = await startBackend(readConfig(environment), { environment, version })
    console.error(`Quarterdeck's backend listens on ${backend.url}`)
    const told = new Promise<null>(stop => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop(null))
    })
    const lost = await Promise.race([told, backend.lost])
    if (lost) console.error(lost.message)
    await backend.close()
    return lost ? 1 : 0
  } catch (error) {
    console.error((error as Error).message)
    return 1
  }
}
