import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { CallFilter } from '@/features/calls/data'
import { api, send } from '@/lib/api'
import type { AssignedView, List, SavedSearchView } from '@/lib/types'
import type { RecordSearch } from './search'

const searchesKey = ['searches'] as const

/** Searches under a name: the own ones and those that others share. */
export function useSearches() {
  return useQuery({
    queryKey: searchesKey,
    queryFn: async ({ signal }) =>
      (await send<List<SavedSearchView>>('GET', '/api/searches', { signal })).items,
  })
}

export function useSaveSearch() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (f: { name: string; shared: boolean; query: RecordSearch }) =>
      send('POST', '/api/searches', { body: f }),
    onSuccess: () => client.invalidateQueries({ queryKey: searchesKey }),
  })
}

export function useRemoveSearch() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => api.delete('/api/searches/{id}', { path: { id } }),
    onSettled: () => client.invalidateQueries({ queryKey: searchesKey }),
  })
}

/** The words that customers have answered to surveys. */
export function useRatings() {
  return useQuery({
    queryKey: ['calls', 'ratings'],
    queryFn: async ({ signal }) => (await api.get('/api/calls/ratings', { signal })).items,
    staleTime: 300_000,
  })
}

/** Gives missed calls to agents: the chosen ones, or all that a search finds. */
export function useAssign() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (what: { agents: number[]; calls?: string[]; search?: CallFilter }) =>
      api.post('/api/calls/assign', { body: what }) as Promise<AssignedView>,
    onSuccess: () => client.invalidateQueries({ queryKey: ['calls'] }),
  })
}
