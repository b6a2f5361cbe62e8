import {
  type InfiniteData,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query'
import { useEffect } from 'react'
import { useMe } from '@/features/session/session'
import { api, sendForFile } from '@/lib/api'
import { listen } from '@/lib/realtime'
import type { TaskView } from '@/lib/types'

interface TaskPage {
  items: TaskView[]
  next?: string
}

const key = ['tasks'] as const

export const active = (task: TaskView) => task.state === 'waiting' || task.state === 'running'

/** Long work, newest first: the own, or everybody's. */
export function useTasks(all: boolean) {
  return useInfiniteQuery({
    queryKey: [...key, all],
    queryFn: ({ pageParam, signal }) =>
      api.get('/api/tasks', {
        query: { all: all || undefined, cursor: pageParam },
        signal,
      }) as Promise<TaskPage>,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    select: (d) => d.pages.flatMap((p) => p.items),
    staleTime: 0,
    // Another process may do the work, and somebody else's is not told live.
    refetchInterval: (q) =>
      q.state.data?.pages.some((p) => p.items.some(active)) ? (all ? 2000 : 5000) : false,
  })
}

/** Puts a task's newest state into every list that has it. */
export function place(client: QueryClient, task: TaskView) {
  let known = false
  client.setQueriesData<InfiniteData<TaskPage>>({ queryKey: key }, (data) => {
    if (!data) return data
    const pages = data.pages.map((p) => {
      if (!p.items.some((i) => i.id === task.id)) return p
      known = true
      return { ...p, items: p.items.map((i) => (i.id === task.id ? newer(i, task) : i)) }
    })
    return { ...data, pages }
  })
  if (!known) void client.invalidateQueries({ queryKey: key })
}

/** What comes late does not turn back what has ended. */
export function newer(old: TaskView, task: TaskView): TaskView {
  if (!active(old) && active(task) && task.attempts === old.attempts) return old
  return task
}

/** Keeps the lists up to date while they are looked at. */
export function useTasksFeed() {
  const client = useQueryClient()
  const topic = useMe().topics.notices
  useEffect(() => {
    if (!topic) return
    return listen<{ kind: string; task?: TaskView }>(
      topic,
      (news) => {
        if (news.kind === 'task' && news.task) place(client, news.task)
      },
      () => void client.invalidateQueries({ queryKey: key }),
    )
  }, [client, topic])
}

export function useSteerTask() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, verb }: { id: number; verb: 'cancel' | 'retry' }) =>
      verb === 'cancel'
        ? api.post('/api/tasks/{id}/cancel', { path: { id } })
        : api.post('/api/tasks/{id}/retry', { path: { id } }),
    onSuccess: (task) => place(client, task),
  })
}

/** What is exported: the filter as POST /api/calls/export takes it. */
export interface Wanted {
  filter: Record<string, unknown>
  ids?: string[]
  mine?: boolean
  trail?: boolean
}

/** Exports: gives the task where one was made, nothing where the file came at once. */
export function useExport() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ what, wanted }: { what: 'records' | 'recordings'; wanted: Wanted }) => {
      const route = what === 'records' ? '/api/calls/export' : '/api/calls/recordings/export'
      const got = await sendForFile<TaskView>(route, wanted)
      if (got.file) save(got.file, got.name)
      return got.json
    },
    onSuccess: (task) => {
      if (task) void client.invalidateQueries({ queryKey: key })
    },
  })
}

/** Has the browser save a file. */
function save(file: Blob, name: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
