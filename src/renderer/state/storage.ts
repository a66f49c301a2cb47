import { createJSONStorage, type StateStorage } from 'zustand/middleware'

const NOWHERE: StateStorage = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined }

/**
 * Where interface state is kept between starts. A page without storage (private windows, tests) works, and
 * forgets.
 */
export function keptLocally<T>() {
  return createJSONStorage<T>(() => {
    try {
      return typeof window !== 'undefined' && window.localStorage ? window.localStorage : NOWHERE
    } catch {
      return NOWHERE
    }
  })
}
