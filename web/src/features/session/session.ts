import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api'
import { type Language, setLanguage } from '@/lib/i18n'
import { disconnect } from '@/lib/realtime'
import { setZone } from '@/lib/time'
import type { Me } from '@/lib/types'

export const meKey = ['me'] as const

/** Reads who is signed in; the account's zone is set before anything is drawn. */
export async function readMe(): Promise<Me> {
  const me = await api.get('/api/me')
  setZone(me.account.timezone)
  return me
}

/** The signed-in person. Only for pages inside the frame, which is drawn after it was read. */
export function useMe(): Me {
  const { data } = useQuery({
    queryKey: meKey,
    queryFn: readMe,
    staleTime: Number.POSITIVE_INFINITY,
  })
  if (!data) throw new Error('the frame is drawn only when somebody is signed in')
  return data
}

/** Whether the signed-in person has a right. */
export function useCan(): (right: string) => boolean {
  const me = useMe()
  return (right) => me.rights.includes(right)
}

export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: { login: string; password: string }) =>
      api.post('/api/session', { body: input }),
    onSuccess: (me) => {
      client.clear()
      setZone(me.account.timezone)
      client.setQueryData(meKey, me)
    },
  })
}

/** Signs out here; other places stay signed in. */
export async function signOut() {
  disconnect()
  try {
    await api.delete('/api/session')
  } finally {
    location.assign('/sign-in')
  }
}

/** Changes the language of this browser at once, and of the person for the next time. */
export function changeLanguage(language: Language, signedIn: boolean) {
  setLanguage(language)
  if (signedIn) {
    // The page is already in the chosen language: a failure here only costs the memory of it.
    void api.put('/api/me/language', { body: { language } }).catch(() => {})
  }
}

export function useSessions() {
  return useQuery({
    queryKey: ['me', 'sessions'],
    queryFn: ({ signal }) => api.get('/api/me/sessions', { signal }),
  })
}

export function useEndSession() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) => api.delete('/api/me/sessions/{id}', { path: { id } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['me', 'sessions'] }),
  })
}

export function useChangePassword() {
  return useMutation({
    mutationFn: (input: { old: string; new: string }) =>
      api.put('/api/me/password', { body: input }),
  })
}
