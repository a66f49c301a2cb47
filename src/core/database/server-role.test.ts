import { describe, expect, it } from 'vitest'
import type { Execute } from './dialect.ts'
import { DatabaseUnusable, grantUse, settleRole } from './server-role.ts'

/** A server that answers by what a statement contains, and notes what it was told to do. */
function server(answers: readonly (readonly [part: string, rows: readonly Record<string, unknown>[]])[]) {
  const told: string[] = []
  const execute: Execute = async sql => {
    const answer = answers.find(([part]) => sql.includes(part))
    if (!answer) told.push(sql)
    return { rows: [...(answer?.[1] ?? [])], affected: 0n }
  }
  return { execute, told }
}

describe('the role of the application', () => {
  it.each([
    [true, 'may not act as it', 'Let a superuser run: GRANT "app" TO "me";'],
    [false, 'may not make it', 'Let a superuser run: CREATE ROLE "app" NOLOGIN; GRANT "app" TO "me";'],
  ])('where it exists (%s) and we may not settle it, says what has to be run', async (exists, why, run) => {
    const { execute, told } = server([['rolcreaterole', [{ me: 'me', makes: false, exists, member: false }]]])
    const error = await settleRole(execute, 'app').catch((said: Error) => said)
    expect(error).toBeInstanceOf(DatabaseUnusable)
    expect((error as Error).message).toContain(why)
    expect((error as Error).message).toContain(run)
    expect(told).toEqual([])
  })

  const tables = (name: string, granted: boolean, changes: boolean) =>
    ['has_table_privilege', [{ name, granted, changes }]] as const
  const schema = (granted: boolean) => ['has_schema_privilege', [{ name: 'public', granted }]] as const
  const lock = ['pg_advisory_xact_lock', []] as const
  const functions = ['pg_proc', []] as const

  it('may not change the log any more where it once could, and may use a schema that it could not', async () => {
    const { execute, told } = server([lock, functions, tables('command_log', true, true), schema(false)])
    await grantUse(execute, 'app')
    expect(told).toEqual([
      'BEGIN',
      'REVOKE UPDATE, DELETE ON "command_log" FROM "app"',
      'GRANT USAGE ON SCHEMA "public" TO "app"',
      'COMMIT',
    ])
  })

  it('is told nothing where nothing is missing', async () => {
    const { execute, told } = server([lock, functions, tables('command_log', true, false), schema(true)])
    await grantUse(execute, 'app')
    expect(told).toEqual(['BEGIN', 'COMMIT'])
  })

  it.each([
    ['people', 'GRANT SELECT, INSERT, UPDATE, DELETE ON "people" TO "app"'],
    ['command_log', 'GRANT SELECT, INSERT ON "command_log" TO "app"'],
    ['migrations', 'GRANT SELECT ON "migrations" TO "app"'],
  ])('is given what it needs of %s, and all or nothing', async (name, grant) => {
    const { execute, told } = server([lock, functions, tables(name, false, false), schema(true)])
    const denied = new Error('permission denied')
    const failing: Execute = async (sql, parameters) => {
      const answer = await execute(sql, parameters)
      if (sql.startsWith('GRANT')) throw denied
      return answer
    }
    await expect(grantUse(failing, 'app')).rejects.toBe(denied)
    expect(told).toEqual(['BEGIN', grant, 'ROLLBACK'])
  })
})
