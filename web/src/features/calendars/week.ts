import type { CalendarDay, WeekSpan } from '@/lib/types'

export const weekdays = [1, 2, 3, 4, 5, 6, 7] as const

/** "9:5" or "0905" → "09:05"; undefined for what is no time of day. 24:00 is the end of the day. */
export function readClock(text: string): string | undefined {
  const m = /^\s*(\d{1,2})\s*[:：]?\s*(\d{2})?\s*$/.exec(text)
  if (!m) return undefined
  const hour = Number(m[1])
  const minute = Number(m[2] ?? 0)
  if (minute > 59 || hour * 60 + minute > 24 * 60) return undefined
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
}

/** Minutes from midnight. */
export function minutes(clock: string): number {
  const [h, m] = clock.split(':')
  return Number(h) * 60 + Number(m)
}

/** A part of one weekday, in minutes. */
export interface Piece {
  day: number
  from: number
  to: number
  /** The span that it is of. */
  span: number
}

/** Spans as parts of weekdays; those past midnight go on on the next day. */
export function pieces(spans: WeekSpan[]): Piece[] {
  return spans.flatMap((s, span) => {
    const from = minutes(s.from)
    const to = minutes(s.to)
    return s.days.flatMap((day) =>
      to > from
        ? [{ day, from, to, span }]
        : [
            { day, from, to: 24 * 60, span },
            ...(to > 0 ? [{ day: (day % 7) + 1, from: 0, to, span }] : []),
          ],
    )
  })
}

/** Spans that lie over an earlier one. */
export function clashes(spans: WeekSpan[]): Set<number> {
  const out = new Set<number>()
  const all = pieces(spans)
  for (const a of all)
    for (const b of all)
      if (a.span > b.span && a.day === b.day && a.from < b.to && b.from < a.to) out.add(a.span)
  return out
}

/** Weekday of a date such as 2026-10-01: 1 is Monday. */
export function weekdayOf(date: string): number {
  return new Date(`${date}T12:00:00Z`).getUTCDay() || 7
}

/** The later of two dates. */
export function later(a: string, b: string): string {
  return a.localeCompare(b) > 0 ? a : b
}

export function addDays(date: string, n: number): string {
  const d = new Date(`${date}T12:00:00Z`)
  d.setUTCDate(d.getUTCDate() + n)
  return d.toISOString().slice(0, 10)
}

/** What a date is: marked by a day, or open or closed as its weekday is. */
export function dateKind(
  date: string,
  spans: WeekSpan[],
  days: CalendarDay[],
): { kind: CalendarDay['kind'] | 'open' | 'closed'; day?: CalendarDay } {
  const day = days.find((d) => d.from <= date && date <= d.to)
  if (day) return { kind: day.kind, day }
  return { kind: spans.some((s) => s.days.includes(weekdayOf(date))) ? 'open' : 'closed' }
}

/** The days without some dates: a run is cut where they lie in it. */
export function without(days: CalendarDay[], from: string, to: string): CalendarDay[] {
  return days.flatMap((d) => {
    if (d.to < from || to < d.from) return [d]
    const out: CalendarDay[] = []
    if (d.from < from) out.push({ ...d, to: addDays(from, -1) })
    if (d.to > to) out.push({ ...d, from: addDays(to, 1) })
    return out
  })
}

/** Days with others taken over: what is new replaces what was there on the same dates. */
export function merged(days: CalendarDay[], more: CalendarDay[]): CalendarDay[] {
  const kept = more.reduce((list, d) => without(list, d.from, d.to), days)
  return [...kept, ...more].sort((a, b) => a.from.localeCompare(b.from))
}

/** The dates of a month in rows of weeks; undefined fills up. */
export function monthRows(year: number, month: number): (string | undefined)[][] {
  const first = `${year}-${String(month).padStart(2, '0')}-01`
  const cells: (string | undefined)[] = Array.from({ length: weekdayOf(first) - 1 })
  for (let d = first; d.slice(0, 7) === first.slice(0, 7); d = addDays(d, 1)) cells.push(d)
  while (cells.length % 7 > 0) cells.push(undefined)
  return Array.from({ length: cells.length / 7 }, (_, i) => cells.slice(i * 7, i * 7 + 7))
}
