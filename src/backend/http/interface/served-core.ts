import type { Core } from '#core/create-core.ts'
import { capabilitiesById } from '#core/runtime/handlers.ts'
import { contract } from '#shared/contract/index.ts'
import { refuse } from '#shared/errors.ts'
import { DEEPEST } from '../json-body.ts'

/** What is about one machine and still answers a page of a server, because it only tells how things are. */
const TOLD = new Set(['workspace.setup.state', 'workspace.keys.list'])

/**
 * A core as the pages of a server reach it: what is about the machine of a host (its keys, its set-up, who sits
 * at it) is not theirs to change.
 */
export function forPages(core: Core): Core {
  const capabilities = capabilitiesById(contract)
  return {
    ...core,
    async callById(id, input, caller) {
      const capability = capabilities.get(id)
      if (capability?.hostOnly && capability.kind !== 'query' && !TOLD.has(id))
        throw refuse('WORKSPACE_FORBIDDEN', { capability: id, roles: [] })
      if (!isKept(input))
        throw refuse('WORKSPACE_BAD_INPUT', {
          issues: [
            { path: '', message: 'a text holds the character 0 or half of a character, or it is too deep' },
          ],
        })
      return core.callById(id, input, caller)
    },
  }
}

/** Whether an input holds only texts that a database keeps as they are, and is no deeper than a body may be. */
function isKept(value: unknown, depth = 0): boolean {
  if (typeof value === 'string') return !value.includes('\0') && value.isWellFormed()
  if (value === null || typeof value !== 'object') return true
  if (depth > DEEPEST) return false
  return Object.entries(value).every(([name, member]) => isKept(name) && isKept(member, depth + 1))
}
