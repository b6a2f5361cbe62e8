import { expect, it } from 'vitest'
import { setZone } from '@/lib/time'
import { fieldsSet, filterOf, instant, readRecords } from './search'

it('reads what it knows of an address and drops the rest', () => {
  expect(
    readRecords({
      outcome: ['answered', 'robbed'],
      group: [3, -1, 'x', '7'],
      talk: '60-',
      queue: 'a-b',
      from: '2026-11-22 08:00',
      to: 'tomorrow',
      repeat: 24,
      number: 1390001,
      missed: 'true',
      junk: 1,
    }),
  ).toEqual({
    outcome: ['answered'],
    group: [3, 7],
    talk: '60-',
    from: '2026-11-22 08:00',
    repeat: '24',
    number: '1390001',
    missed: true,
  })
})

it('asks for today unless a time, a range or a call is named', () => {
  expect(filterOf({}).from).toBeDefined()
  expect(filterOf({ range: 'all', talk: '60-' })).toEqual({ talk: '60-' })
  expect(filterOf({ id: 'x' })).toEqual({ id: 'x' })
  setZone('Asia/Shanghai')
  expect(filterOf({ from: '2026-11-22 08:30' })).toEqual({ from: '2026-11-22T00:30:00.000Z' })
  expect(instant('2026-01-01 00:00')).toBe('2025-12-31T16:00:00.000Z')
})

it('counts the fields beyond the quick search', () => {
  expect(fieldsSet({ range: 'week', number: '139', mine: true })).toBe(0)
  expect(fieldsSet({ outcome: ['answered'], talk: '60-' })).toBe(2)
})
