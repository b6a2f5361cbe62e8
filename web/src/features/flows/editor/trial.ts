import { fullTime, now } from '@/lib/time'
import type { FlowTried } from '@/lib/types'
import { type FlowCase, listOf } from './doc'

/** Who calls, and when. */
export interface Settings {
  at: string // "2026-10-01 09:00", the enterprise's own time
  from: string
  to: string
  region: string
  repeat: boolean
  blacklisted: boolean
  message: boolean
  lastAgent: string
  hours: string // names of opening hours that are open
  customer?: Record<string, string>
}

/** One thing that happens in a trial: keys at a question, what becomes of a wait, what a look-up gets. */
export interface Deed {
  keys?: string
  became?: string
  answer?: { status?: number; body?: string; why?: string }
}

/** A caller who calls now. */
export function settingsOf(): Settings {
  return {
    at: fullTime(new Date(now()).toISOString()).slice(0, 16),
    from: '13957112345',
    to: '',
    region: '',
    repeat: false,
    blacklisted: false,
    message: true,
    lastAgent: '',
    hours: '',
  }
}

const names = (text: string) => text.split(/[,，、\s]+/).filter((n) => n !== '')

/** The trial as the API takes it. */
export function trialOf(s: Settings, deeds: Deed[]) {
  return {
    at: s.at || undefined,
    from: s.from || undefined,
    to: s.to || undefined,
    region: s.region || undefined,
    repeat: s.repeat || undefined,
    blacklisted: s.blacklisted || undefined,
    no_message: s.message ? undefined : true,
    last_agent: s.lastAgent || undefined,
    hours: s.hours ? Object.fromEntries(names(s.hours).map((n) => [n, true])) : undefined,
    customer: s.customer,
    keys: deeds.flatMap((d) => (d.keys === undefined ? [] : [d.keys])),
    // biome-ignore lint/suspicious/noThenProperty: what the API calls it; nobody awaits a trial
    then: deeds.flatMap((d) => (d.became === undefined ? [] : [d.became])),
    answers: deeds.flatMap((d) => (d.answer === undefined ? [] : [d.answer])),
  }
}

/** The same as a saved case, expecting what has come of it. */
export function caseOf(name: string, s: Settings, deeds: Deed[], tried: FlowTried): FlowCase {
  const trial = trialOf(s, deeds)
  const waitsFor = tried.waits?.for
  const expect: Record<string, unknown> =
    tried.exit === 'waits' && waitsFor !== 'person'
      ? { node: tried.node }
      : {
          exit:
            tried.exit === 'waits'
              ? tried.number
                ? 'external'
                : tried.agent
                  ? 'agent'
                  : 'group'
              : tried.exit,
        }
  if (tried.group) expect.group = tried.group
  if (tried.agent) expect.agent = tried.agent
  if (tried.number) expect.number = tried.number
  const heard = (tried.heard ?? [])
    .flatMap((h) => h.prompts ?? [])
    .flatMap((p) => (p.file ? [p.file] : []))
    .filter((f, i, all) => f !== all[i - 1])
  // Parts of numbers say little; whole recordings say which way the caller went.
  const whole = heard.filter((f) => !/^[a-z]{0,3}\d|^n_/.test(f)).slice(0, 20)
  if (whole.length > 0) expect.heard = whole
  const c: FlowCase = { name, at: s.at }
  if (trial.from) c.from = trial.from
  if (trial.to) c.to = trial.to
  if (trial.region) c.region = trial.region
  if (trial.repeat) c.repeat = true
  if (trial.blacklisted) c.blacklisted = true
  if (trial.no_message) c.message = false
  if (trial.last_agent) c.last_agent = trial.last_agent
  if (trial.customer) c.customer = trial.customer
  if (trial.hours) c.hours = Object.fromEntries(Object.keys(trial.hours).map((n) => [n, 'open']))
  if (trial.keys.length > 0) c.keys = trial.keys
  if (trial.then.length > 0)
    // biome-ignore lint/suspicious/noThenProperty: what the file calls it; nobody awaits a case
    c.then = trial.then
  if (trial.answers.length > 0) c.answers = trial.answers
  c.expect = expect
  return c
}

const text = (v: unknown) => (v === undefined || v === null ? '' : String(v))

/** A saved case, to be played on the telephone. */
export function readCase(c: FlowCase): { settings: Settings; deeds: Deed[] } {
  const keys = listOf(c.keys).flatMap((k) =>
    text(k)
      .split(',')
      .map((x) => x.trim()),
  )
  const hours = (c.hours ?? {}) as Record<string, string>
  return {
    settings: {
      ...settingsOf(),
      at: text(c.at) || '2026-01-05 10:00',
      from: text(c.from),
      to: text(c.to),
      region: text(c.region),
      repeat: text(c.repeat) === 'true',
      blacklisted: text(c.blacklisted) === 'true',
      message: text(c.message) !== 'false',
      lastAgent: text(c.last_agent),
      hours: Object.keys(hours)
        .filter((n) => hours[n] === 'open')
        .join(' '),
      customer: c.customer as Record<string, string> | undefined,
    },
    deeds: [
      ...keys.map((k) => ({ keys: k === '-' ? '' : k })),
      ...listOf(c.then).map((w) => ({ became: text(w) })),
      ...listOf<Deed['answer']>(c.answers).map((answer) => ({ answer })),
    ],
  }
}
