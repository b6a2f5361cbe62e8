import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect } from 'react'
import { useMe } from '@/features/session/session'
import { ApiError, api, type Taken } from '@/lib/api'
import { listen } from '@/lib/realtime'
import type { CallWork, LiveCall, LiveMessage } from '@/lib/types'

const liveKey = ['calls', 'live'] as const
const oneKey = (id: string) => ['calls', 'one', id] as const

/** What ended calls are searched by; the API's own names. */
export type CallFilter = Omit<NonNullable<Taken<'get', '/api/calls'>['query']>, 'cursor' | 'limit'>

/** Calls that go on now, oldest first. */
export function useLiveCalls() {
  const live = useMe().topics.calls !== undefined
  return useQuery({
    queryKey: liveKey,
    queryFn: async ({ signal }) => (await api.get('/api/calls/live', { signal })).items,
    select: oldestFirst,
    staleTime: live ? Number.POSITIVE_INFINITY : 2000,
    refetchInterval: live ? false : 4000,
  })
}

const oldestFirst = (calls: LiveCall[]) =>
  [...calls].sort((a, b) => a.started.localeCompare(b.started) || a.id.localeCompare(b.id))

/** Keeps the live list, and what depends on calls that end, up to date. */
export function useLiveCallsFeed() {
  const client = useQueryClient()
  const topic = useMe().topics.calls
  useEffect(() => {
    if (!topic) return
    let later: ReturnType<typeof setTimeout> | undefined
    const fresh = () => client.invalidateQueries({ queryKey: liveKey })
    const stop = listen<LiveMessage>(
      topic,
      (news) => {
        if (news.resync) void fresh()
        if (news.call || news.ended) {
          client.setQueryData<LiveCall[]>(liveKey, (calls) => calls && merge(calls, news))
        }
        if (news.ended) {
          // Records follow within moments; many ends make one reading.
          later ??= setTimeout(() => {
            later = undefined
            void client.invalidateQueries({ queryKey: ['calls', 'history'] })
            void client.invalidateQueries({ queryKey: ['calls', 'incoming'] })
            void client.invalidateQueries({ queryKey: pendingKey })
          }, 1200)
        }
      },
      fresh,
    )
    return () => {
      clearTimeout(later)
      stop()
    }
  }, [client, topic])
}

/** The live list after a piece of news. */
export function merge(calls: LiveCall[], news: LiveMessage): LiveCall[] {
  let next = calls
  const { call, ended } = news
  if (call) {
    const at = next.findIndex((c) => c.id === call.id)
    next = at < 0 ? [...next, call] : next.with(at, call)
  }
  if (ended) next = next.filter((c) => c.id !== ended)
  return next
}

/** Ended calls, newest first, page by page. */
export function useCalls(filter: CallFilter, limit = 40) {
  return useInfiniteQuery({
    queryKey: ['calls', 'history', filter, limit],
    queryFn: async ({ pageParam, signal }) => {
      // A page may be empty and still have a next one, where few of very many calls are wanted.
      let cursor = pageParam
      for (;;) {
        const page = await api.get('/api/calls', { query: { ...filter, limit, cursor }, signal })
        if (page.items.length > 0 || !page.next) return page
        cursor = page.next
      }
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    select: (d) => d.pages.flatMap((p) => p.items),
    placeholderData: keepPreviousData,
  })
}

/** One ended call. Its record follows its end within moments, so "not there" is asked again a few times. */
export function useCall(id: string, wanted: boolean, justEnded: boolean) {
  return useQuery({
    queryKey: oneKey(id),
    queryFn: ({ signal }) => api.get('/api/calls/{id}', { path: { id }, signal }),
    enabled: wanted,
    retry: (n, err) =>
      err instanceof ApiError && err.status === 404 ? n < (justEnded ? 12 : 1) : n < 2,
    retryDelay: 500,
    // A recording on its way to the store is worth another look.
    refetchInterval: (q) => (q.state.data?.recording === 'waiting' ? 2000 : false),
  })
}

/** What rang the own phone. */
export function useIncoming() {
  return useQuery({
    queryKey: ['calls', 'incoming'],
    queryFn: async ({ signal }) => (await api.get('/api/incoming', { signal })).items,
    enabled: Boolean(useMe().agent),
  })
}

/** How many calls a search finds; counted as far as that is quick. */
export function useCallCount(filter: CallFilter) {
  return useQuery({
    queryKey: ['calls', 'history', 'count', filter],
    queryFn: ({ signal }) => api.get('/api/calls/count', { query: filter, signal }),
    placeholderData: keepPreviousData,
  })
}

const pendingKey = ['calls', 'pending'] as const

/** Missed calls that the signed-in agent is to call back. */
export function usePending() {
  return useQuery({
    queryKey: pendingKey,
    queryFn: async ({ signal }) => (await api.get('/api/pending', { signal })).items,
    enabled: Boolean(useMe().agent),
    refetchInterval: 30_000,
  })
}

const workKey = (id: string) => ['calls', 'work', id] as const

/** Tags, notes and operation log of a call, while it goes on too. */
export function useWork(id: string) {
  return useQuery({
    queryKey: workKey(id),
    queryFn: ({ signal }) => api.get('/api/calls/{id}/work', { path: { id }, signal }),
  })
}

/** Something that somebody does to a call. */
export type Deed =
  | { do: 'note'; text: string }
  | { do: 'tag' | 'untag'; label: number }
  | { do: 'mark' | 'close'; on: boolean }
  | { do: 'status'; status: number }
  | { do: 'locate'; customer: number }

function carryOut(id: string, deed: Deed): Promise<CallWork> {
  const path = { id }
  switch (deed.do) {
    case 'note':
      return api.post('/api/calls/{id}/notes', { path, body: { text: deed.text } })
    case 'tag':
      return api.post('/api/calls/{id}/tags', { path, body: { label_id: deed.label } })
    case 'untag':
      return api.delete('/api/calls/{id}/tags/{label}', { path: { id, label: deed.label } })
    case 'mark':
      return api.put('/api/calls/{id}/mark', { path, body: { on: deed.on } })
    case 'close':
      return api.put('/api/calls/{id}/closed', { path, body: { on: deed.on } })
    case 'status':
      return api.put('/api/calls/{id}/status', { path, body: { status_id: deed.status } })
    case 'locate':
      return api.put('/api/calls/{id}/customer', { path, body: { customer_id: deed.customer } })
  }
}

/** Does something to a call; whatever shows the call follows. */
export function useDeed(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (deed: Deed) => carryOut(id, deed),
    onSuccess: (work, deed) => {
      client.setQueryData(workKey(id), work)
      if (deed.do === 'close') void client.invalidateQueries({ queryKey: pendingKey })
      void client.invalidateQueries({ queryKey: oneKey(id) })
      void client.invalidateQueries({ queryKey: ['calls', 'history'] })
    },
  })
}

/** Customers by name, company or number. */
export function useCustomers(search: string) {
  return useQuery({
    queryKey: ['customers', 'find', search],
    queryFn: async ({ signal }) =>
      (await api.get('/api/customers', { query: { search }, signal })).items,
    enabled: search.length > 0,
    placeholderData: keepPreviousData,
  })
}
