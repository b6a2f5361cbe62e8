import { describe, expect, it } from 'vitest'
import { clashes, dateKind, merged, monthRows, pieces, readClock, without } from './week'

describe('readClock', () => {
  it('reads what people write and nothing else', () => {
    expect(['9:00', '09：30', '0905', '24:00', '9', ' 18 : 00 '].map(readClock)).toEqual([
      '09:00',
      '09:30',
      '09:05',
      '24:00',
      '09:00',
      '18:00',
    ])
    expect(['24:01', '9:60', 'x', '', '1234567', '25'].map(readClock)).toEqual(
      Array(6).fill(undefined),
    )
  })
})

const day = { days: [1, 2, 3, 4, 5], from: '09:00', to: '18:00' }
const night = { days: [7], from: '22:00', to: '02:00' }

describe('weeks', () => {
  it('cut a night at midnight', () => {
    expect(pieces([night])).toEqual([
      { day: 7, from: 1320, to: 1440, span: 0 },
      { day: 1, from: 0, to: 120, span: 0 },
    ])
  })
  it('know which spans lie over others, over midnight too', () => {
    expect([...clashes([day, { days: [3], from: '17:59', to: '20:00' }])]).toEqual([1])
    expect([...clashes([night, { days: [1], from: '01:00', to: '03:00' }])]).toEqual([1])
    expect([...clashes([day, { days: [3], from: '18:00', to: '20:00' }])]).toEqual([])
  })
})

const golden = { from: '2026-10-01', to: '2026-10-07', kind: 'holiday' as const, name: '国庆节' }

describe('days', () => {
  it('say what a date is', () => {
    expect(dateKind('2026-10-03', [day], [golden]).kind).toBe('holiday')
    expect(dateKind('2026-10-08', [day], [golden]).kind).toBe('open')
    expect(dateKind('2026-10-10', [day], [golden]).kind).toBe('closed')
  })
  it('are cut where a date is taken out', () => {
    expect(without([golden], '2026-10-03', '2026-10-04')).toEqual([
      { ...golden, to: '2026-10-02' },
      { ...golden, from: '2026-10-05' },
    ])
  })
  it('give way to what is taken over', () => {
    const work = { from: '2026-10-07', to: '2026-10-08', kind: 'workday' as const }
    expect(merged([golden], [work])).toEqual([{ ...golden, to: '2026-10-06' }, work])
  })
  it('fill months from Monday on', () => {
    const rows = monthRows(2026, 10)
    expect(rows).toHaveLength(5)
    expect(rows[0]).toEqual([
      undefined,
      undefined,
      undefined,
      '2026-10-01',
      '2026-10-02',
      '2026-10-03',
      '2026-10-04',
    ])
    expect(rows[4]?.[5]).toBe('2026-10-31')
  })
})
