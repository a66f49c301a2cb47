import type { TFunction } from 'i18next'
import type { Setting } from '#shared/contract/workspace/settings.ts'

/** The words for a setting; its name where the catalogue of this version has none. */
export function settingLabel(t: TFunction, name: string): string {
  // The name comes from the core, so the catalogue's type cannot know it.
  return (t as unknown as (key: string, options: object) => string)(`workspace.setting.${name}`, {
    defaultValue: name,
  })
}

/** What a number counts, in words. */
export function unitWord(t: TFunction, unit: string | null): string {
  if (unit === null) return ''
  return (t as unknown as (key: string, options: object) => string)(`workspace.settings.unit.${unit}`, {
    defaultValue: unit,
  })
}

/** A value as text; a secret is never more than set or not set. */
export function valueText(t: TFunction, setting: Setting): string {
  if (setting.secret)
    return setting.isSet ? t('workspace.settings.secretSet') : t('workspace.settings.notSet')
  return plainValue(t, setting, setting.value)
}

/** What is said of a picture instead of its bytes. */
function imageText(t: TFunction, address: string): string {
  const [head = '', bytes = ''] = address.split(',')
  const type = head.includes('png') ? 'PNG' : 'JPEG'
  return t('workspace.settings.imageIs', { type, size: Math.max(1, Math.round((bytes.length * 3) / 4096)) })
}

/** Any value of a setting as text. */
export function plainValue(t: TFunction, setting: Setting, value: Setting['value']): string {
  if (value === null || value === '') return t('workspace.settings.notSet')
  if (typeof value === 'boolean') return value ? t('ui.yes') : t('ui.no')
  if (setting.kind === 'image') return imageText(t, String(value))
  const text = Array.isArray(value) ? value.join(', ') : String(value)
  const unit = unitWord(t, setting.unit)
  return unit === '' ? text : `${text} ${unit}`
}
