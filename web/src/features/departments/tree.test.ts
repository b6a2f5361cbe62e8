import { expect, it } from 'vitest'
import { inOrder, treeOf } from './tree'

const all = [
  { id: 1, name: '客服中心' },
  { id: 2, name: '售前', parent_id: 1 },
  { id: 3, name: '售后', parent_id: 1 },
  { id: 4, name: '华东', parent_id: 3 },
]

it('lists departments under their superiors', () => {
  expect(inOrder(all).map((d) => `${d.depth} ${d.name}`)).toEqual([
    '0 客服中心',
    '1 售前',
    '1 售后',
    '2 华东',
  ])
})

it('offers no department below itself as its superior', () => {
  expect(treeOf(all, 3)).toEqual([
    { value: 1, title: '客服中心', children: [{ value: 2, title: '售前', children: [] }] },
  ])
})

it('ends on a loop', () => {
  expect(
    inOrder([
      { id: 5, name: 'a', parent_id: 6 },
      { id: 6, name: 'b', parent_id: 5 },
    ]),
  ).toEqual([])
})
