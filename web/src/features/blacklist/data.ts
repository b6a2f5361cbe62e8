import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { send } from '@/lib/api'
import type { BlacklistView, Page } from '@/lib/types'

const key = ['blacklist'] as const

export interface BlacklistInput {
  number: string
  reason?: string
}

/** Numbers whose calls are refused, newest first. */
export function useBlacklist(number: string) {
  return useInfiniteQuery({
    queryKey: [...key, number],
    queryFn: ({ pageParam, signal }) =>
      send<Page<BlacklistView>>('GET', '/api/blacklist', {
        query: { number, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    select: (d) => d.pages.flatMap((p) => p.items),
  })
}

export function useSaveBlacklist() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, input }: { id?: number; input: BlacklistInput }) =>
      id === undefined
        ? send('POST', '/api/blacklist', { body: input })
        : send('PUT', '/api/blacklist/{id}', { path: { id }, body: input }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
}

export function useRemoveBlacklist() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => send('DELETE', '/api/blacklist/{id}', { path: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
}
