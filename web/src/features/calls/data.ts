import {
  keepPreviousData,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect } from 'react'
import { useMe } from '@/features/session/session'
import { ApiError, api } from '@/lib/api'
import { listen } from '@/lib/realtime'
import type { CallPage, LiveCall, LiveMessage, Outcome } from '@/lib/types'

const liveKey = ['calls', 'live'] as const
const oneKey = (id: string) => ['calls', 'one', id] as const

/** What the list of ended calls is filtered by; the API's own names. */
export interface CallFilter {
  from?: string
  to?: string
  number?: string
  outcome?: Outcome
  direction?: 'in' | 'out'
  agent?: number
  group?: number
  mine?: boolean
}

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
    queryFn: ({ pageParam, signal }) =>
      api.get('/api/calls', {
        query: { ...filter, limit, cursor: pageParam },
        signal,
      }),
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

export function useSetNote(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (note: string) => api.put('/api/calls/{id}/note', { path: { id }, body: { note } }),
    onSuccess: (_, note) => {
      client.setQueryData<CallPage>(oneKey(id), (c) => c && { ...c, note })
      void client.invalidateQueries({ queryKey: ['calls', 'history'] })
    },
  })
}
