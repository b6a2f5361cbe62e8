import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '@/lib/api'
import type { LabelKind, LabelView } from '@/lib/types'

const key = ['labels'] as const

/** Call tags, service-quality tags and contact statuses, siblings in their order. */
export function useLabels() {
  return useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => (await api.get('/api/labels', { signal })).items,
    staleTime: 60_000,
  })
}

export type LabelChange =
  | { do: 'add'; kind: LabelKind; parent?: number; name: string }
  | { do: 'change'; id: number; name: string; enabled: boolean }
  | { do: 'move'; id: number; parent?: number; before?: number }
  | { do: 'remove'; id: number }

async function carryOut(c: LabelChange) {
  switch (c.do) {
    case 'add':
      await api.post('/api/labels', { body: { kind: c.kind, parent_id: c.parent, name: c.name } })
      return
    case 'change':
      await api.put('/api/labels/{id}', {
        path: { id: c.id },
        body: { name: c.name, enabled: c.enabled },
      })
      return
    case 'move':
      await api.put('/api/labels/{id}/place', {
        path: { id: c.id },
        body: { parent_id: c.parent, before_id: c.before },
      })
      return
    case 'remove':
      await api.delete('/api/labels/{id}', { path: { id: c.id } })
  }
}

export function useLabelChange() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: carryOut,
    onSettled: () => client.invalidateQueries({ queryKey: key }),
  })
}

export interface Branch {
  value: number
  title: string
  label: LabelView
  disabled: boolean
  children: Branch[]
}

/** The labels of a kind as a tree; what is off, or below what is off, is disabled. */
export function treeOf(all: LabelView[], kind: LabelKind): Branch[] {
  const under = (parent: number, off: boolean): Branch[] =>
    all
      .filter((l) => l.kind === kind && (l.parent_id ?? 0) === parent)
      .map((l) => ({
        value: l.id,
        title: l.name,
        label: l,
        disabled: off || !l.enabled,
        children: under(l.id, off || !l.enabled),
      }))
  return under(0, false)
}

/** The same without what can't be chosen any more. */
export function choosable(tree: Branch[]): Branch[] {
  return tree.filter((b) => !b.disabled).map((b) => ({ ...b, children: choosable(b.children) }))
}

/** Where a label goes when it is moved by a key: up, down, out of its parent or into the sibling before it. */
export function moved(
  all: LabelView[],
  label: LabelView,
  way: 'up' | 'down' | 'out' | 'in',
): { parent?: number; before?: number } | undefined {
  const parent = label.parent_id ?? 0
  const line = all.filter((l) => l.kind === label.kind && (l.parent_id ?? 0) === parent)
  const at = line.findIndex((l) => l.id === label.id)
  const inside = parent || undefined
  switch (way) {
    case 'up':
      return at > 0 ? { parent: inside, before: line[at - 1]?.id } : undefined
    case 'down':
      return at < line.length - 1 ? { parent: inside, before: line[at + 2]?.id } : undefined
    case 'in':
      return at > 0 ? { parent: line[at - 1]?.id } : undefined
    case 'out': {
      const above = all.find((l) => l.id === parent)
      if (!above) return undefined
      const aunts = all.filter(
        (l) => l.kind === label.kind && (l.parent_id ?? 0) === (above.parent_id ?? 0),
      )
      const next = aunts[aunts.findIndex((l) => l.id === above.id) + 1]
      return { parent: above.parent_id || undefined, before: next?.id }
    }
  }
}
