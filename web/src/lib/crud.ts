import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { send } from './api'
import type { List } from './types'

/** The nouns that admins keep in the same way. */
type Noun = 'agents' | 'calendars' | 'departments' | 'groups' | 'numbers' | 'roles' | 'trunks'

/**
 * The usual hooks of such a noun: the whole list, and saving and removing one
 * row. A row without an id is new.
 */
export function crud<View extends { id: number }, Input>(noun: Noun) {
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
