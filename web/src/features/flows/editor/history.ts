/** What was, what is, and what was undone. Changes of one group that follow each other are one step. */
export interface History<T> {
  past: T[]
  now: T
  future: T[]
  group?: string
  at: number
}

const most = 200 // steps back
const together = 1200 // ms within which changes of one group are one step

export function begin<T>(now: T): History<T> {
  return { past: [], now, future: [], at: 0 }
}

export function change<T>(h: History<T>, next: T, group?: string, at = Date.now()): History<T> {
  if (next === h.now) return h
  if (group !== undefined && group === h.group && at - h.at < together && h.past.length > 0) {
    return { ...h, now: next, future: [], at }
  }
  const past = h.past.length >= most ? h.past.slice(h.past.length - most + 1) : h.past
  return { past: [...past, h.now], now: next, future: [], group, at }
}

export function undo<T>(h: History<T>): History<T> {
  const last = h.past[h.past.length - 1]
  if (last === undefined) return h
  return { past: h.past.slice(0, -1), now: last, future: [h.now, ...h.future], at: 0 }
}

export function redo<T>(h: History<T>): History<T> {
  const [next, ...future] = h.future
  if (next === undefined) return h
  return { past: [...h.past, h.now], now: next, future, at: 0 }
}
