import type { HostServices } from '#core/features.ts'
import { assignEntity, entityCommands, listEntities } from './write-entity.ts'

/** Who sells: legal entities, and whom each bills. */
export function entityHandlers({ environment }: Pick<HostServices, 'environment'>) {
  return { list: listEntities, ...entityCommands(environment), assign: assignEntity }
}
