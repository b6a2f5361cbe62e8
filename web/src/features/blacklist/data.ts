import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api'
import type { BlacklistInput } from '@/lib/types'

const key = ['blacklist'] as const

/** Numbers whose calls are refused, newest first. */
export function useBlacklist(number: string) {
  return useInfiniteQuery({
    queryKey: [...key, number],
    queryFn: ({ pageParam, signal }) =>
      api.get('/api/blacklist', {
        query: { search: number || undefined, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    select: (d) => d.pages.flatMap((p) => p.items),
  })
}

export function useAddBlacklist() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ input }: { id?: number; input: BlacklistInput }) =>
      api.post('/api/blacklist', { body: input }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
}

export function useRemoveBlacklist() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => api.delete('/api/blacklist/{id}', { path: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
}
