import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api'
import type { KeyInput } from '@/lib/types'

const key = ['keys'] as const

/** API keys, newest first, with the rights that the own keys may have. */
export function useKeys() {
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => api.get('/api/keys', { signal }),
    staleTime: 0,
  })
}

/** Makes a key; only this answer holds its secret. */
export function useMakeKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: KeyInput) => api.post('/api/keys', { body: input }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
    gcTime: 0,
  })
}

export function useRevokeKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => api.delete('/api/keys/{id}', { path: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
}
