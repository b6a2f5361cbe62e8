import type { CallFilter } from '@/features/calls/data'
import { outcomes } from '@/features/calls/search'
import { rangeOf, startOfDay } from '@/lib/time'
import type { Outcome } from '@/lib/types'

export const ranges = ['today', 'yesterday', 'week', 'month', 'all'] as const
export type Range = (typeof ranges)[number]
export const lengths = ['talk', 'queue', 'ring', 'total'] as const
export type Length = (typeof lengths)[number]

/** What stands in the address of the records page. Times are the account's, as "2026-11-22 08:00". */
export interface RecordSearch {
  range?: Range
  from?: string
  to?: string
  ended_from?: string
  ended_to?: string
  id?: string
  number?: string
  caller?: string
  callee?: string
  outcome?: Outcome[]
  direction?: 'in' | 'out'
  missed?: boolean
  rating?: string[]
  rated?: 'given' | 'asked' | 'none'
  located?: 'yes' | 'no'
  marked?: 'yes' | 'no'
  closed?: 'yes' | 'no'
  status?: number[]
  group?: number[]
  agent?: number[]
  mine?: boolean
  repeat?: '24' | '48'
  tag?: number[]
  quality?: number[]
  assigned?: 'no' | 'open' | 'settled'
  recording?: ('none' | 'waiting' | 'stored' | 'missing')[]
  talk?: string
  queue?: string
  ring?: string
  total?: string
  /** Behind a figure of a flow: who went through a node, by which way. */
  flow?: number
  version?: number
  node?: string
  exit?: string
}

const yesNo = ['yes', 'no'] as const

/** Reads an address or a saved search; what it does not know is left out. */
export function readRecords(s: Record<string, unknown>): RecordSearch {
  const one = <T extends string>(v: unknown, of: readonly T[]) =>
    of.includes(String(v) as T) ? (String(v) as T) : undefined
  const list = (v: unknown): unknown[] => (Array.isArray(v) ? v : v === undefined ? [] : [v])
  const some = <T>(v: T[]) => (v.length > 0 ? v.slice(0, 200) : undefined)
  const words = <T extends string>(v: unknown, of: readonly T[]) =>
    some(list(v).filter((x): x is T => of.includes(x as T)))
  const ids = (v: unknown) =>
    some(
      list(v)
        .map(Number)
        .filter((n) => Number.isSafeInteger(n) && n > 0),
    )
  const text = (v: unknown, most = 40) =>
    typeof v === 'string' || typeof v === 'number'
      ? String(v).trim().slice(0, most) || undefined
      : undefined
  const like = (v: unknown, form: RegExp) =>
    typeof v === 'string' && form.test(v) && v !== '-' ? v : undefined
  const time = (v: unknown) => like(v, /^\d{4}-\d\d-\d\d \d\d:\d\d$/)
  const span = (v: unknown) => like(v, /^\d{0,6}-\d{0,6}$/)
  const on = (v: unknown) => (v === true || v === 'true' ? true : undefined)
  return {
    range: one(s.range, ranges),
    from: time(s.from),
    to: time(s.to),
    ended_from: time(s.ended_from),
    ended_to: time(s.ended_to),
    id: text(s.id, 36),
    number: text(s.number),
    caller: text(s.caller),
    callee: text(s.callee),
    outcome: words(s.outcome, outcomes),
    direction: one(s.direction, ['in', 'out'] as const),
    missed: on(s.missed),
    rating: some(list(s.rating).filter((x): x is string => typeof x === 'string')),
    rated: one(s.rated, ['given', 'asked', 'none'] as const),
    located: one(s.located, yesNo),
    marked: one(s.marked, yesNo),
    closed: one(s.closed, yesNo),
    status: ids(s.status),
    group: ids(s.group),
    agent: ids(s.agent),
    mine: on(s.mine),
    repeat: one(s.repeat, ['24', '48'] as const),
    tag: ids(s.tag),
    quality: ids(s.quality),
    assigned: one(s.assigned, ['no', 'open', 'settled'] as const),
    recording: words(s.recording, ['none', 'waiting', 'stored', 'missing'] as const),
    talk: span(s.talk),
    queue: span(s.queue),
    ring: span(s.ring),
    total: span(s.total),
    flow: ids(s.flow)?.[0],
    version: ids(s.version)?.[0],
    node: text(s.node, 60),
    exit: text(s.exit, 60),
  }
}

/** The instant of "2026-11-22 08:00" in the account's zone. */
export function instant(text: string): string {
  const [day = '', clock = '00:00'] = text.split(' ')
  const [h = 0, m = 0] = clock.split(':').map(Number)
  return new Date(startOfDay(day) + (h * 60 + m) * 60_000).toISOString()
}

/** The API's filter for an address: today, unless it says otherwise. */
export function filterOf(s: RecordSearch): CallFilter {
  const { range, from, to, ended_from, ended_to, ...rest } = s
  const at = (key: string, text?: string) => (text ? { [key]: instant(text) } : {})
  const own = Boolean(from || to || ended_from || ended_to || rest.id)
  const preset = range ?? (own ? 'all' : 'today')
  const out: CallFilter = {
    ...rest,
    ...(preset === 'all' ? {} : rangeOf(preset)),
    ...at('from', from),
    ...at('to', to),
    ...at('ended_from', ended_from),
    ...at('ended_to', ended_to),
  }
  return Object.fromEntries(Object.entries(out).filter(([, v]) => v !== undefined)) as CallFilter
}

/** How many of the fields that unfold are set. */
export function fieldsSet(s: RecordSearch): number {
  // A figure of a flow has a chip of its own.
  const {
    range: _,
    number: __,
    mine: ___,
    flow: ____,
    version: _____,
    node: ______,
    exit: _______,
    ...rest
  } = s
  return Object.values(rest).filter((v) => v !== undefined).length
}
