import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useMe } from '@/features/session/session'
import { api } from '@/lib/api'
import { listen } from '@/lib/realtime'
import type { Choosable, Wall } from '@/lib/types'

const wallKey = ['wall'] as const

/** Groups and agents now, kept live. */
export function useWall() {
  const client = useQueryClient()
  const topic = useMe().topics.wall
  useEffect(() => {
    if (!topic) return
    return listen<Wall>(
      topic,
      (wall) => client.setQueryData(wallKey, wall),
      () => client.invalidateQueries({ queryKey: wallKey }),
    )
  }, [client, topic])
  return useQuery({
    queryKey: wallKey,
    queryFn: ({ signal }) => api.get('/api/wall', { signal }) as Promise<Wall>,
    staleTime: topic ? Number.POSITIVE_INFINITY : 2000,
    refetchInterval: topic ? false : 3000,
  })
}

/** Sets the state of somebody else; it is written to the audit log. */
export function useSteer() {
  return useMutation({
    mutationFn: (input: { agent: number; state: Choosable }) =>
      api.post('/api/wall/agents/{id}/state', {
        path: { id: input.agent },
        body: { state: input.state },
      }),
  })
}
