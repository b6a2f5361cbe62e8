import { expect, it } from 'vitest'
import { filterOf, readSearch } from './search'

it('keeps what it knows of an address and drops the rest', () => {
  expect(
    readSearch({ list: 'history', range: 'week', agent: '7', mine: 'true', number: 13800138000 }),
  ).toEqual({
    list: 'history',
    range: 'week',
    agent: 7,
    mine: true,
    number: '13800138000',
  })
  expect(readSearch({ list: 'x', outcome: 'robbed', agent: '-1', group: 'a', junk: 1 })).toEqual({})
})

it('asks for today unless another range is in the address', () => {
  expect(filterOf({}).from).toBeDefined()
  expect(filterOf({ range: 'all', direction: 'in', agent: 7 })).toEqual({
    direction: 'in',
    agent: [7],
  })
  expect(filterOf({ range: 'yesterday' }).to).toBeDefined()
})
