import type { TFunction } from 'i18next'

/** The words for a kind of thing; its name where the catalogue of this version has none. */
export function entityWord(t: TFunction, entity: string): string {
  return (t as unknown as (key: string, options: object) => string)(`workspace.search.entity.${entity}`, {
    defaultValue: entity,
  })
}
