import type { DepartmentView } from '@/lib/types'

interface Branch {
  value: number
  title: string
  children: Branch[]
}

/** The departments as a tree, without one of them and all below it (which can't be its own superior). */
export function treeOf(all: DepartmentView[], without?: number): Branch[] {
  const under = (parent: number | undefined, seen: number[]): Branch[] =>
    all
      .filter(
        (d) => (d.parent_id || undefined) === parent && d.id !== without && !seen.includes(d.id),
      )
      .map((d) => ({ value: d.id, title: d.name, children: under(d.id, [...seen, d.id]) }))
  return under(undefined, [])
}

/** The departments as a list in the order of the tree, each with its depth. */
export function inOrder(all: DepartmentView[]): (DepartmentView & { depth: number })[] {
  const out: (DepartmentView & { depth: number })[] = []
  const walk = (branches: Branch[], depth: number) => {
    for (const b of branches) {
      const d = all.find((x) => x.id === b.value)
      if (d) out.push({ ...d, depth })
      walk(b.children, depth + 1)
    }
  }
  walk(treeOf(all), 0)
  return out
}
