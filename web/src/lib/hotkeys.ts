import { useEffect, useSyncExternalStore } from 'react'

/** What the softphone's keys do. */
export type Action = 'answer' | 'hangup' | 'hold' | 'number'

export const actions: Action[] = ['answer', 'hangup', 'hold', 'number']
export const defaultKeys: Record<Action, string> = {
  answer: 'F2',
  hangup: 'F4',
  hold: 'F8',
  number: 'Ctrl+D',
}

const storageKey = 'switchdesk.keys'
let keys = read()
const listeners = new Set<() => void>()

function read(): Record<Action, string> {
  try {
    return { ...defaultKeys, ...JSON.parse(globalThis.localStorage?.getItem(storageKey) ?? '{}') }
  } catch {
    return defaultKeys
  }
}

export function setKeys(next: Record<Action, string>) {
  keys = next
  localStorage.setItem(storageKey, JSON.stringify(next))
  for (const f of listeners) f()
}

export function useKeys(): Record<Action, string> {
  return useSyncExternalStore(
    (fn) => {
      listeners.add(fn)
      return () => listeners.delete(fn)
    },
    () => keys,
  )
}

/** "Ctrl+Shift+K" for a key press; "" while only modifiers are down. */
export function keyName(
  e: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'shiftKey' | 'metaKey'>,
) {
  if (['Control', 'Alt', 'Shift', 'Meta', 'Process', 'Dead'].includes(e.key)) return ''
  const name = e.key === ' ' ? 'Space' : e.key.length === 1 ? e.key.toUpperCase() : e.key
  const mods = [e.ctrlKey && 'Ctrl', e.altKey && 'Alt', e.metaKey && 'Meta', e.shiftKey && 'Shift']
  return [...mods.filter(Boolean), name].join('+')
}

/** A single letter or digit would fire while people type; such a key needs a modifier. */
export function usable(name: string): boolean {
  return /^(F\d{1,2})$/.test(name) || /^(Ctrl|Alt|Meta)\+/.test(name)
}

/** Runs a handler when its key is pressed anywhere on the page. */
export function useHotkeys(handlers: Partial<Record<Action, () => void>>) {
  const current = useKeys()
  useEffect(() => {
    const onKey = (e: KeyboardEvent) => {
      if (e.repeat) return
      const name = keyName(e)
      const action = actions.find((a) => current[a] === name)
      const run = action && handlers[action]
      if (!run) return
      e.preventDefault()
      run()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  })
}
