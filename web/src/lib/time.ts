import dayjs from 'dayjs'
import { useSyncExternalStore } from 'react'

/** How far the server's clock is ahead of this machine's, in milliseconds. */
let skew = 0

/**
 * Learns the server's clock from a response. The header has whole seconds, so
 * only a difference above two seconds is believed.
 */
export function learnClock(dateHeader: string | null) {
  if (!dateHeader) return
  const server = Date.parse(dateHeader)
  if (Number.isNaN(server)) return
  const ahead = server + 500 - Date.now()
  skew = Math.abs(ahead) > 2000 ? ahead : 0
}

/** The server's time now, in milliseconds since 1970. */
export function now(): number {
  return Date.now() + skew
}

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let second = Math.floor(now() / 1000)

function subscribe(fn: () => void) {
  listeners.add(fn)
  timer ??= setInterval(() => {
    const next = Math.floor(now() / 1000)
    if (next === second) return
    second = next
    for (const f of listeners) f()
  }, 200)
  return () => {
    listeners.delete(fn)
    if (listeners.size === 0 && timer) {
      clearInterval(timer)
      timer = undefined
    }
  }
}

/** The current second; the component renders again with every new one. All clocks on the page tick together. */
export function useSecond(): number {
  return useSyncExternalStore(
    subscribe,
    () => second,
    () => second,
  )
}

/** Seconds from an instant to now, never below zero. */
export function secondsSince(at: string, nowMs = now()): number {
  return Math.max(0, Math.floor((nowMs - Date.parse(at)) / 1000))
}

/** 75 → "1:15", 3675 → "1:01:15". */
export function clockText(seconds: number): string {
  const s = Math.max(0, Math.round(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const h = Math.floor(s / 3600)
  const m = Math.floor((s % 3600) / 60)
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${two(m)}:${two(s % 60)}`
}

let zone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** Sets the account's time zone, in which all times are shown. */
export function setZone(name: string) {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    zone = name
  } catch {
    // An unknown zone name: the browser's own zone stays.
  }
}

function parts(at: string | number): Record<string, string> {
  const fmt = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  })
  return Object.fromEntries(fmt.formatToParts(new Date(at)).map((p) => [p.type, p.value]))
}

/** "2026-11-22 14:03:09" in the account's zone. */
export function fullTime(at: string): string {
  const p = parts(at)
  return `${p.year}-${p.month}-${p.day} ${p.hour}:${p.minute}:${p.second}`
}

/** "14:03" today, "11-20 14:03" this year, "2025-11-20" before; in the account's zone. */
export function shortTime(at: string): string {
  const p = parts(at)
  const today = parts(now())
  if (p.year !== today.year) return `${p.year}-${p.month}-${p.day}`
  if (p.month === today.month && p.day === today.day) return `${p.hour}:${p.minute}`
  return `${p.month}-${p.day} ${p.hour}:${p.minute}`
}

/** "14:03:09" in the account's zone. */
export function timeOfDay(at: string): string {
  const p = parts(at)
  return `${p.hour}:${p.minute}:${p.second}`
}

/**
 * Bounds of a preset day range in the account's zone, as RFC 3339. "to" is
 * left out for ranges that reach until now.
 */
export function rangeOf(preset: 'today' | 'yesterday' | 'week' | 'month'): {
  from: string
  to?: string
} {
  const p = parts(now())
  const midnight = startOfDay(`${p.year}-${p.month}-${p.day}`)
  switch (preset) {
    case 'today':
      return { from: new Date(midnight).toISOString() }
    case 'yesterday': {
      const prev = dayjs(`${p.year}-${p.month}-${p.day}`).subtract(1, 'day').format('YYYY-MM-DD')
      return {
        from: new Date(startOfDay(prev)).toISOString(),
        to: new Date(midnight).toISOString(),
      }
    }
    case 'week': {
      const d = dayjs(`${p.year}-${p.month}-${p.day}`).subtract(6, 'day').format('YYYY-MM-DD')
      return { from: new Date(startOfDay(d)).toISOString() }
    }
    case 'month': {
      const d = dayjs(`${p.year}-${p.month}-${p.day}`).subtract(29, 'day').format('YYYY-MM-DD')
      return { from: new Date(startOfDay(d)).toISOString() }
    }
  }
}

/** Today's date (YYYY-MM-DD) in the account's zone. */
export function dayToday(): string {
  const p = parts(now())
  return `${p.year}-${p.month}-${p.day}`
}

/** Date and time of day of an instant in the account's zone: ["2026-11-22", "14:03"]. */
export function dayAndClock(at: string): [string, string] {
  const p = parts(at)
  return [`${p.year}-${p.month}-${p.day}`, `${p.hour}:${p.minute}`]
}

/** The instant at which a day (YYYY-MM-DD) begins in the account's zone. */
export function startOfDay(day: string): number {
  return instantOf(day, '00:00')
}

/** The instant at which the account's clocks show a day and a time (HH:MM). */
export function instantOf(day: string, clock: string): number {
  const guess = Date.parse(`${day}T${clock}:00Z`)
  const at = (ms: number) => {
    const p = parts(ms)
    return Date.parse(`${p.year}-${p.month}-${p.day}T${p.hour}:${p.minute}:${p.second}Z`)
  }
  const first = guess - (at(guess) - guess)
  return first - (at(first) - guess)
}
