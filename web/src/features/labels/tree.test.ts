import { describe, expect, it } from 'vitest'
import type { LabelView } from '@/lib/types'
import { choosable, moved, treeOf } from './data'

const label = (id: number, name: string, parent_id?: number, enabled = true): LabelView => ({
  id,
  kind: 'call',
  name,
  parent_id,
  enabled,
})
const all = [
  label(1, '投诉'),
  label(2, '物流', 1),
  label(3, '质量', 1, false),
  label(4, '划痕', 3),
  label(5, '咨询'),
]

describe('labels', () => {
  it('are a tree in which what is below a disabled one is disabled', () => {
    const tree = treeOf(all, 'call')
    expect(tree.map((b) => b.title)).toEqual(['投诉', '咨询'])
    expect(tree[0]?.children[1]?.children[0]?.disabled).toBe(true)
    expect(choosable(tree)[0]?.children.map((b) => b.title)).toEqual(['物流'])
    expect(treeOf(all, 'quality')).toEqual([])
  })

  it('move by keys to where a reader expects them', () => {
    const [a, b, c, , e] = all as [LabelView, LabelView, LabelView, LabelView, LabelView]
    expect(moved(all, b, 'up')).toBeUndefined()
    expect(moved(all, b, 'down')).toEqual({ parent: 1, before: undefined })
    expect(moved(all, c, 'up')).toEqual({ parent: 1, before: 2 })
    expect(moved(all, c, 'out')).toEqual({ parent: undefined, before: 5 })
    expect(moved(all, e, 'in')).toEqual({ parent: 1 })
    expect(moved(all, a, 'in')).toBeUndefined()
    expect(moved(all, a, 'out')).toBeUndefined()
  })
})
