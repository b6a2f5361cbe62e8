import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCan } from '@/features/session/session'
import { ApiError, address, api } from '@/lib/api'
import type { ApplicationInput, ApplicationView, SettleInput } from '@/lib/types'

export const applicationsKey = ['applications'] as const

export type ApplicationState = ApplicationView['state']

/** Applications, newest first: all of the enterprise's for those who settle them, else the own ones. */
export function useApplications(opts: { state?: ApplicationState; mine?: boolean }) {
  return useInfiniteQuery({
    queryKey: [...applicationsKey, opts],
    queryFn: ({ pageParam, signal }) =>
      api.get('/api/applications', {
        query: { state: opts.state, mine: opts.mine || undefined, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    select: (d) => d.pages.flatMap((p) => p.items),
  })
}

/** How many wait; only asked for by those who settle them. */
export function useWaiting() {
  const can = useCan()
  return useQuery({
    queryKey: [...applicationsKey, 'waiting'],
    queryFn: async ({ signal }) => (await api.get('/api/applications/waiting', { signal })).count,
    enabled: can('flows.manage'),
  })
}

/** Sends an application, then its file; says whether the file was taken. */
export function useApply() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ input, file }: { input: ApplicationInput; file?: File }) => {
      const made = await api.post('/api/applications', { body: input })
      return { made, fileTaken: !file || (await attach(made.id, file)) }
    },
    onSuccess: () => client.invalidateQueries({ queryKey: applicationsKey }),
  })
}

async function attach(id: number, file: File): Promise<boolean> {
  const url = address('/api/applications/{id}/file', { path: { id }, query: { name: file.name } })
  try {
    const res = await fetch(url, {
      method: 'PUT',
      headers: { 'X-Requested-With': 'switchdesk', 'Content-Type': 'application/octet-stream' },
      body: file,
      credentials: 'same-origin',
    })
    return res.ok
  } catch {
    return false
  }
}

export function useSettle() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, input }: { id: number; input: SettleInput }) =>
      api.put('/api/applications/{id}', { path: { id }, body: input }),
    onSettled: (_, err) => {
      if (!err || err instanceof ApiError)
        void client.invalidateQueries({ queryKey: applicationsKey })
    },
  })
}
