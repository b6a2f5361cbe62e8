import { useSyncExternalStore } from 'react'

/** Small choices that belong to this browser, not to the person. */
interface Prefs {
  sound: boolean
  railCollapsed: boolean
  listWidth: number
  sideWidth: number
  /** Columns of the call records, in order; empty for the usual ones. */
  recordColumns: string[]
}

const storageKey = 'switchdesk.prefs'
const defaults: Prefs = {
  sound: true,
  railCollapsed: false,
  listWidth: 320,
  sideWidth: 320,
  recordColumns: [],
}
const listeners = new Set<() => void>()
let prefs: Prefs = read()

function read(): Prefs {
  try {
    return { ...defaults, ...JSON.parse(globalThis.localStorage?.getItem(storageKey) ?? '{}') }
  } catch {
    return defaults
  }
}

export function setPref<K extends keyof Prefs>(name: K, value: Prefs[K]) {
  prefs = { ...prefs, [name]: value }
  localStorage.setItem(storageKey, JSON.stringify(prefs))
  for (const f of listeners) f()
}

export function usePrefs(): Prefs {
  return useSyncExternalStore(
    (fn) => {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
    () => prefs,
  )
}
