import i18next, { type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en.ts'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: typeof en }
    returnNull: false
  }
}

/** The languages that have a catalogue. A further one is one import and one line here. */
export const LANGUAGES = { en: { name: 'English', catalogue: en } } as const
export type Language = keyof typeof LANGUAGES

/** Starts the catalogue in a language. Values are escaped by React, so i18next does not escape them again. */
export function createI18n(language: Language): i18n {
  const instance = i18next.createInstance()
  const resources = Object.fromEntries(
    Object.entries(LANGUAGES).map(([code, { catalogue }]) => [code, { translation: catalogue }]),
  )
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources,
    initAsync: false,
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  return instance
}
