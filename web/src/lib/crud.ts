import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { send } from './api'
import type { List } from './types'

/**
 * The usual hooks of a noun that admins keep: the whole list, and saving and
 * removing one row. A row without an id is new.
 */
export function crud<View extends { id: number }, Input>(noun: string) {
  const route = `/api/${noun}`
  const key = [noun] as const
  return {
    key,
    useList: (wanted = true) =>
      useQuery({
        queryKey: key,
        queryFn: async ({ signal }) => (await send<List<View>>('GET', route, { signal })).items,
        enabled: wanted,
      }),
    useOne: (id: number | undefined) =>
      useQuery({
        queryKey: [noun, id],
        queryFn: ({ signal }) =>
          send<View>('GET', `${route}/{id}`, { path: { id: id ?? 0 }, signal }),
        enabled: id !== undefined,
      }),
    useSave: () => {
      const client = useQueryClient()
      return useMutation({
        mutationFn: ({ id, input }: { id?: number; input: Input }) =>
          id === undefined
            ? send<View>('POST', route, { body: input })
            : send<View>('PUT', `${route}/{id}`, { path: { id }, body: input }),
        onSuccess: () => client.invalidateQueries({ queryKey: key }),
      })
    },
    useRemove: () => {
      const client = useQueryClient()
      return useMutation({
        mutationFn: (id: number) => send('DELETE', `${route}/{id}`, { path: { id } }),
        onSuccess: () => client.invalidateQueries({ queryKey: key }),
      })
    },
  }
}
