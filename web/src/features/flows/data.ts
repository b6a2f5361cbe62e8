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

/** A flow with the source of the version in force, else the newest. */
export function useFlow(id: number) {
  return useQuery({
    queryKey: [...key, id, 'now'],
    queryFn: ({ signal }) => api.get('/api/flows/{id}', { path: { id }, signal }),
  })
}

/** The draft of a flow, read anew each time the editor opens: it changes under several hands. */
export function useReadDraft(id: number, wanted: boolean) {
  return useQuery({
    queryKey: [...key, id, 'draft'],
    queryFn: ({ signal }) => api.get('/api/flows/{id}/draft', { path: { id }, signal }),
    enabled: wanted,
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
  })
}

/** One version as text and as a document. */
export function useVersion(id: number, n: number | undefined) {
  return useQuery({
    queryKey: [...key, id, 'version', n],
    queryFn: async ({ signal }) => {
      const page = await api.get('/api/flows/{id}/versions/{n}', {
        path: { id, n: n ?? 0 },
        signal,
      })
      return {
        page,
        ...(await api.post('/api/flows/convert', { body: { source: page.source }, signal })),
      }
    },
    enabled: n !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

export function useFlowVersions(id: number) {
  return useQuery({
    queryKey: [...key, id, 'versions'],
    queryFn: async ({ signal }) =>
      (await api.get('/api/flows/{id}/versions', { path: { id }, signal })).items,
  })
}

export function useSamples(wanted: boolean) {
  return useQuery({
    queryKey: [...key, 'samples'],
    queryFn: async ({ signal }) => (await api.get('/api/flows/samples', { signal })).items,
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Counts for the drawing, between two days; asked again every few seconds while the last is today. */
export function useFigures(
  id: number,
  version: number | undefined,
  range: { from: string; to: string },
  wanted: boolean,
) {
  return useQuery({
    queryKey: [...key, id, 'figures', version, range],
    queryFn: ({ signal }) =>
      api.get('/api/flows/{id}/figures', { path: { id }, query: { version, ...range }, signal }),
    enabled: wanted && version !== undefined,
    refetchInterval: 5000,
    placeholderData: (old) => old,
  })
}

/** Uploads a new version, or begins a flow without one; refused with every problem and its place if something is wrong. */
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

/** What changes with versions: the list and the flow's page, not the draft that is being edited. */
function useFresh(id: number) {
  const client = useQueryClient()
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: key, exact: true }),
      client.invalidateQueries({ queryKey: [...key, id, 'now'] }),
      client.invalidateQueries({ queryKey: [...key, id, 'versions'] }),
      client.invalidateQueries({ queryKey: [...key, id, 'version'] }),
    ])
}

/** Makes a version of the draft. */
export function usePublish(id: number) {
  const fresh = useFresh(id)
  return useMutation({
    mutationFn: (body: { revision: number; note?: string }) =>
      api.post('/api/flows/{id}/versions', { path: { id }, body }),
    onSuccess: fresh,
  })
}

/** Puts a version in force; calls that are in the flow keep theirs. */
export function useActivateFlow(id: number) {
  const fresh = useFresh(id)
  return useMutation({
    mutationFn: ({ n, ...body }: { n: number; force?: boolean; reason?: string }) =>
      api.post('/api/flows/{id}/versions/{n}/activate', { path: { id, n }, body }),
    onSuccess: fresh,
  })
}

/** Puts the version in force that was before. */
export function useRollBack(id: number) {
  const fresh = useFresh(id)
  return useMutation({
    mutationFn: () => api.post('/api/flows/{id}/rollback', { path: { id } }),
    onSuccess: fresh,
  })
}

export function useRenameFlow(id: number) {
  const fresh = useFresh(id)
  return useMutation({
    mutationFn: (name: string) => api.put('/api/flows/{id}', { path: { id }, body: { name } }),
    onSuccess: fresh,
  })
}

export function useRemoveFlow(id: number) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => api.delete('/api/flows/{id}', { path: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: key, exact: true }),
  })
}

/** Throws the draft away. */
export function useDropDraft(id: number) {
  return useMutation({
    mutationFn: () => api.delete('/api/flows/{id}/draft', { path: { id } }),
  })
}
