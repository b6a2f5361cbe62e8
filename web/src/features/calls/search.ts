import { rangeOf } from '@/lib/time'
import type { Outcome } from '@/lib/types'
import type { CallFilter } from './data'

export const lists = ['live', 'incoming', 'pending', 'history'] as const
export type CallList = (typeof lists)[number]
export const ranges = ['today', 'yesterday', 'week', 'month', 'all'] as const
export type Range = (typeof ranges)[number]

/** What stands in the address of the calls page, so that links and the back button work. */
export interface CallSearch {
  list?: CallList
  range?: Range
  number?: string
  outcome?: Outcome
  direction?: 'in' | 'out'
  agent?: number
  group?: number
  mine?: boolean
}

export const outcomes: Outcome[] = [
  'answered',
  'ring_no_answer',
  'queue_abandoned',
  'ivr',
  'voicemail',
  'blacklist',
  'limit',
  'no_answer',
  'busy',
  'failed',
  'cancelled',
]

/** Reads an address; what it does not know is left out. */
export function readSearch(s: Record<string, unknown>): CallSearch {
  const one = <T extends string>(value: unknown, of: readonly T[]) =>
    of.includes(value as T) ? (value as T) : undefined
  const id = (value: unknown) =>
    Number.isSafeInteger(Number(value)) && Number(value) > 0 ? Number(value) : undefined
  const number =
    typeof s.number === 'string' || typeof s.number === 'number'
      ? String(s.number).slice(0, 40)
      : ''
  // Every name stands here, undefined or not: what is left out keeps its raw value.
  return {
    list: one(s.list, lists),
    range: one(s.range, ranges),
    number: number || undefined,
    outcome: one(s.outcome, outcomes),
    direction: one(s.direction, ['in', 'out'] as const),
    agent: id(s.agent),
    group: id(s.group),
    mine: s.mine === true || s.mine === 'true' ? true : undefined,
  }
}

/** The API's filter for an address. */
export function filterOf(s: CallSearch): CallFilter {
  const { list: _, range = 'today', outcome, agent, group, ...rest } = s
  return {
    ...rest,
    ...(outcome && { outcome: [outcome] }),
    ...(agent && { agent: [agent] }),
    ...(group && { group: [group] }),
    ...(range === 'all' ? {} : rangeOf(range)),
  }
}
