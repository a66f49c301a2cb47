import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/**
 * Where databases of tests lie: in memory where the system has room for that, because half of the time of a
 * small test is waiting for the disk at each commit.
 */
export function scratch(): string {
  return process.env[FOLDER] ?? place()
}

const FOLDER = 'QUARTERDECK_TEST_SCRATCH'

function place(): string {
  const memory = '/dev/shm'
  if (!existsSync(memory)) return tmpdir()
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > 2e9 ? memory : tmpdir()
}

/** Of vitest, before all workers and after them: they are ended without being asked to tidy up. */
export default function setUp(): () => void {
  const folder = mkdtempSync(join(place(), 'quarterdeck-tests-'))
  process.env[FOLDER] = folder
  return () => rmSync(folder, { recursive: true, force: true })
}
