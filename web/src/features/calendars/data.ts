import { useMutation, useQuery } from '@tanstack/react-query'
import { api } from '@/lib/api'
import { crud } from '@/lib/crud'
import type { CalendarInput, CalendarView } from '@/lib/types'

export const {
  key: calendarsKey,
  useList: useCalendars,
  useSave: useSaveCalendar,
  useRemove: useRemoveCalendar,
} = crud<CalendarView, CalendarInput>('calendars')

/** Holidays that come with the product. */
export function usePresets() {
  return useQuery({
    queryKey: ['calendar-presets'],
    queryFn: async ({ signal }) => (await api.get('/api/calendars/presets', { signal })).items,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

/** Reads a file of holidays; nothing is kept. */
export function useReadDays() {
  return useMutation({
    mutationFn: async (file: File) =>
      api.post('/api/calendars/read', { body: { data: await base64(file) } }),
  })
}

/** A file as the API takes it. */
export function base64(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onerror = () => reject(reader.error)
    reader.onload = () => resolve(String(reader.result).replace(/^[^,]*,/, ''))
    reader.readAsDataURL(file)
  })
}
