import { useMutation } from '@tanstack/react-query'
import { api } from '@/lib/api'
import { crud } from '@/lib/crud'
import type { AgentInput, AgentView } from '@/lib/types'

export const {
  key: agentsKey,
  useList: useAgents,
  useSave: useSaveAgent,
  useRemove: useRemoveAgent,
} = crud<AgentView, AgentInput>('agents')

/** Gives somebody a new password, which they must change at the next sign-in. */
export function useResetPassword() {
  return useMutation({
    mutationFn: ({ id, password }: { id: number; password: string }) =>
      api.post('/api/agents/{id}/password', { path: { id }, body: { password } }),
  })
}

/** Issues new desk phone settings; the former password stops working. */
export function useIssueDeskPhone(id: number) {
  return useMutation({
    mutationFn: () => api.post('/api/agents/{id}/desk-phone', { path: { id } }),
  })
}
