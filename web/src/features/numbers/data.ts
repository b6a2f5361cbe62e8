import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { base64 } from '@/features/calendars/data'
import { api } from '@/lib/api'
import { crud } from '@/lib/crud'
import type { EntryView, NumberInput, NumberView } from '@/lib/types'

export const {
  key: numbersKey,
  useList: useNumbers,
  useSave: useSaveNumber,
  useRemove: useRemoveNumber,
} = crud<NumberView, NumberInput>('numbers')

/** Only what the API takes of an entry. */
export function entryInput(e: EntryView): EntryView {
  return {
    name: e.name,
    flow_id: e.flow_id ?? 0,
    calendar_id: e.calendar_id || undefined,
    state: e.calendar_id ? e.state || 'open' : undefined,
    dates: e.dates?.length ? e.dates : undefined,
    spans: e.spans?.length ? e.spans : undefined,
  }
}

/** Who would answer, by a schedule as it stands in the page. */
export function usePreview(flow: number | undefined, entries: EntryView[], at?: string) {
  const input = {
    flow_id: flow,
    entries: entries.map((e) => ({ ...entryInput(e), name: e.name || '·' })),
    at,
  }
  return useQuery({
    queryKey: ['number-preview', JSON.stringify(input)],
    queryFn: ({ signal }) => api.post('/api/numbers/preview', { body: input, signal }),
    placeholderData: keepPreviousData,
    retry: false,
  })
}

/** How far the limit of inbound calls is used. */
export function useLoad() {
  return useQuery({
    queryKey: ['account', 'load'],
    queryFn: ({ signal }) => api.get('/api/account/load', { signal }),
    refetchInterval: 5000,
  })
}

/** Sends a list of numbers; dry only asks what it would do. */
export function useImportNumbers() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({ file, dry }: { file: Blob; dry: boolean }) =>
      api.post('/api/numbers/import', { body: { data: await base64(file), dry } }),
    onSuccess: () => client.invalidateQueries({ queryKey: numbersKey }),
  })
}

export function useAssignNumbers() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: { ids: number[]; flow_id?: number; enabled?: boolean; like_id?: number }) =>
      api.post('/api/numbers/assign', { body: input }),
    onSuccess: () => client.invalidateQueries({ queryKey: numbersKey }),
  })
}
