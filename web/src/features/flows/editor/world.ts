import { useQuery } from '@tanstack/react-query'
import { createContext, useContext, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { soundOf } from '@/features/prompts/data'
import { useCan } from '@/features/session/session'
import { api } from '@/lib/api'
import { Specs } from './spec'

/** A recording that a flow may name. */
export interface Recording {
  name: string
  words: string
  builtIn: boolean
  /** Where it is listened to, in a language of a flow. */
  sound: (language: string) => string
}

/** What a flow of this enterprise may name. */
export interface World {
  specs: Specs
  tones: string[]
  recordings: Recording[]
  words: Map<string, string>
  /** The same recordings by name. */
  sounds: Map<string, Recording>
  groups: string[]
  agents: { number: string; name: string }[]
  flows: string[]
  calendars: string[]
  numbers: { number: string; name: string }[]
}

const Context = createContext<World | undefined>(undefined)
export const WorldProvider = Context.Provider

export function useWorld(): World {
  const world = useContext(Context)
  if (!world) throw new Error('only inside the flow editor')
  return world
}

export function useSpec() {
  return useQuery({
    queryKey: ['flows', 'spec'],
    queryFn: ({ signal }) => api.get('/api/flows/spec', { signal }),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** A list that some may not read: then there is nothing to choose from, and names are typed. */
function useNames<T>(key: string, wanted: boolean, read: (signal: AbortSignal) => Promise<T[]>) {
  const { data } = useQuery({
    queryKey: ['flows', 'world', key],
    queryFn: ({ signal }) => read(signal),
    enabled: wanted,
    staleTime: 30_000,
    retry: false,
  })
  return data
}

/** Reads all of it; undefined until the kinds of nodes are there. */
export function useReadWorld() {
  const { i18n } = useTranslation()
  const can = useCan()
  const spec = useSpec()
  const english = i18n.language.startsWith('en')
  const prompts = useNames(
    'prompts',
    true,
    async (signal) => (await api.get('/api/prompts', { signal })).items,
  )
  const groups = useNames(
    'groups',
    can('groups.manage'),
    async (signal) => (await api.get('/api/groups', { signal })).items,
  )
  const agents = useNames(
    'agents',
    can('agents.manage'),
    async (signal) => (await api.get('/api/agents', { signal })).items,
  )
  const flows = useNames(
    'flows',
    true,
    async (signal) => (await api.get('/api/flows', { signal })).items,
  )
  const calendars = useNames(
    'calendars',
    true,
    async (signal) => (await api.get('/api/calendars', { signal })).items,
  )
  const numbers = useNames(
    'numbers',
    can('numbers.manage'),
    async (signal) => (await api.get('/api/numbers', { signal })).items,
  )
  const world = useMemo<World | undefined>(() => {
    if (!spec.data) return undefined
    const own = (prompts ?? []).filter((p) => !p.built_in)
    const recordings = [
      ...own.map((p) => ({
        name: p.name,
        words: (english ? p.en : p.zh) || p.zh || '',
        builtIn: false,
        sound: () => soundOf(p, 'zh'),
      })),
      ...spec.data.builtins.map((b) => ({
        name: b.name,
        words: (english ? b.en : b.zh) ?? '',
        builtIn: true,
        sound: (language: string) => soundOf({ ...b, built_in: true }, language),
      })),
    ]
    return {
      specs: new Specs(spec.data.kinds as unknown as Specs['kinds']),
      tones: spec.data.tones,
      recordings,
      words: new Map(recordings.map((r) => [r.name, r.words])),
      sounds: new Map(recordings.map((r) => [r.name, r])),
      groups: (groups ?? []).map((g) => g.name),
      agents: (agents ?? []).flatMap((a) => (a.number ? [{ number: a.number, name: a.name }] : [])),
      flows: (flows ?? []).map((f) => f.name),
      calendars: (calendars ?? []).map((c) => c.name),
      numbers: (numbers ?? []).map((n) => ({ number: n.number, name: n.name })),
    }
  }, [spec.data, prompts, groups, agents, flows, calendars, numbers, english])
  return { spec, world }
}
