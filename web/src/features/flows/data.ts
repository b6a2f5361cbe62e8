import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api'
import type { FlowInput } from '@/lib/types'

const key = ['flows'] as const

export function useFlows(wanted = true) {
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await api.get('/api/flows', { signal })).items,
    enabled: wanted,
  })
}

/** A flow with the source of one version; the one in force, else the newest, if none is named. */
export function useFlow(id: number, version?: number) {
  return useQuery({
    queryKey: [...key, id, version ?? 'now'],
    queryFn: ({ signal }) =>
      version === undefined
        ? api.get('/api/flows/{id}', { path: { id }, signal })
        : api.get('/api/flows/{id}/versions/{n}', {
            path: { id, n: version },
            signal,
          }),
    placeholderData: (old) => old,
  })
}

export function useFlowVersions(id: number) {
  return useQuery({
    queryKey: [...key, id, 'versions'],
    queryFn: async ({ signal }) =>
      (
        await api.get('/api/flows/{id}/versions', {
          path: { id },
          signal,
        })
      ).items,
  })
}

/** Uploads a new version; refused with every problem and its place if something is wrong. */
export function useUploadFlow() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: FlowInput) => api.post('/api/flows', { body: input }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
}

/** Checks a source without keeping it. */
export function useCheckFlow() {
  return useMutation({
    mutationFn: (input: FlowInput) => api.post('/api/flows/check', { body: input }),
  })
}

/** Puts a version in force; calls that are in the flow keep theirs. */
export function useActivateFlow(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (n: number) =>
      api.post('/api/flows/{id}/versions/{n}/activate', { path: { id, n } }),
    onSuccess: () => client.invalidateQueries({ queryKey: key }),
  })
}
