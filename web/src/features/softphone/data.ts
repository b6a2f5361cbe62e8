import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useMe } from '@/features/session/session'
import { api } from '@/lib/api'
import { listen } from '@/lib/realtime'
import type { AnswerMethod, Bar, Choosable } from '@/lib/types'

export const barKey = ['bar'] as const

/** The signed-in agent's bar; nothing for people who take no calls. */
export function useBar() {
  const me = useMe()
  return useQuery({
    queryKey: barKey,
    queryFn: ({ signal }) => api.get('/api/bar', { signal }),
    enabled: Boolean(me.agent),
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** How often the bar has moved by live news: an answer that is older than the last of them is dropped. */
let moves = 0

/** Keeps the bar live. Mounted once, in the frame. */
export function useLiveBar() {
  const client = useQueryClient()
  const topic = useMe().topics.bar
  useEffect(() => {
    if (!topic) return
    return listen<Bar>(
      topic,
      (bar) => {
        moves++
        client.setQueryData(barKey, bar)
      },
      () => client.invalidateQueries({ queryKey: barKey }),
    )
  }, [client, topic])
}

export type Verb = 'answer' | 'refuse' | 'hangup' | 'hold' | 'resume'

/** Tells the floor to do something with a call. */
export function sendVerb(call: string, verb: Verb) {
  return api.post(`/api/bar/calls/{id}/${verb}`, { path: { id: call } })
}

export type BarCommand =
  | { do: 'state'; state: Choosable; reason?: string }
  | { do: 'dial'; number: string }
  | { do: 'extend'; seconds: number }
  | { do: 'finish' }
  | { do: 'method'; method: AnswerMethod }
  | { do: 'menu'; call: string; flow: number; node: string }
  | { do: 'transfer'; call: string; to: { agent?: number; group?: number; number?: string } }
  | { do: Verb | 'survey'; call: string }

function run(cmd: BarCommand): Promise<Bar> {
  switch (cmd.do) {
    case 'state':
      return api.post('/api/bar/state', { body: { state: cmd.state, reason: cmd.reason } })
    case 'dial':
      return api.post('/api/bar/dial', { body: { number: cmd.number } })
    case 'extend':
      return api.post('/api/bar/wrapup/extend', { body: { seconds: cmd.seconds } })
    case 'finish':
      return api.post('/api/bar/wrapup/finish')
    case 'method':
      return api.put('/api/bar/method', { body: { method: cmd.method } })
    case 'menu':
      return api.post('/api/bar/calls/{id}/menu', {
        path: { id: cmd.call },
        body: { flow: cmd.flow, node: cmd.node },
      })
    case 'transfer':
      return api.post('/api/bar/calls/{id}/transfer', { path: { id: cmd.call }, body: cmd.to })
    case 'survey':
      return api.post('/api/bar/calls/{id}/survey', { path: { id: cmd.call } })
    default:
      return sendVerb(cmd.call, cmd.do)
  }
}

/** Sends what the agent pressed; the bar moves with the answer, or with the live news if that is quicker. */
export function useBarCommand() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async (cmd: BarCommand) => {
      const before = moves
      const bar = await run(cmd)
      if (moves === before) client.setQueryData(barKey, bar)
    },
    onError: () => client.invalidateQueries({ queryKey: barKey }),
  })
}
