import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, address, api } from '@/lib/api'
import type { PromptView, SpeechInput } from '@/lib/types'

export const promptsKey = ['prompts'] as const

/** Recordings that flows can play: the enterprise's own, then those of the product. */
export function usePrompts() {
  return useQuery({
    queryKey: promptsKey,
    queryFn: async ({ signal }) => (await api.get('/api/prompts', { signal })).items,
  })
}

/** Where a prompt is listened to; the time in it makes a replaced sound a new one. */
export function soundOf(p: PromptView, language: string): string {
  return p.built_in
    ? address('/api/prompts/builtin/{language}/{name}', { path: { language, name: p.name } })
    : address('/api/prompts/{id}/audio', { path: { id: p.id ?? 0 }, query: { at: p.updated_at } })
}

export function useRenamePrompt() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, name }: { id: number; name: string }) =>
      api.put('/api/prompts/{id}', { path: { id }, body: { name } }),
    onSuccess: () => client.invalidateQueries({ queryKey: promptsKey }),
  })
}

export function useRemovePrompt() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => api.delete('/api/prompts/{id}', { path: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: promptsKey }),
  })
}

const speechKey = ['speech'] as const

/** Voices that speak texts, and what is left of the day. */
export function useSpeech(wanted: boolean) {
  return useQuery({
    queryKey: speechKey,
    queryFn: ({ signal }) => api.get('/api/speech', { signal }),
    enabled: wanted,
  })
}

/** Has a text spoken and gives its sound as an address for this page alone. */
export function useSay() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (input: SpeechInput) => {
      const res = await fetch('/api/speech', {
        method: 'POST',
        headers: { 'X-Requested-With': 'switchdesk', 'Content-Type': 'application/json' },
        body: JSON.stringify(input),
        credentials: 'same-origin',
      }).catch(() => {
        throw new ApiError(0, 'network', '')
      })
      if (!res.ok) throw await ApiError.of(res)
      return URL.createObjectURL(await res.blob())
    },
    onSettled: () => client.invalidateQueries({ queryKey: speechKey }),
  })
}

export function useKeepSpeech() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: SpeechInput & { name: string }) => api.post('/api/speech/prompts', { body }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: speechKey })
      return client.invalidateQueries({ queryKey: promptsKey })
    },
  })
}
