import { describe, expect, it } from 'vitest'
import { clockText, secondsSince, setZone, startOfDay, timeOfDay } from './time'

describe('times on the page', () => {
  it('shows durations as clocks', () => {
    expect(clockText(0)).toBe('00:00')
    expect(clockText(75)).toBe('01:15')
    expect(clockText(3675)).toBe('1:01:15')
    expect(clockText(-3)).toBe('00:00')
  })

  it('uses the zone of the account, not of the browser', () => {
    setZone('Asia/Shanghai')
    expect(timeOfDay('2026-11-22T06:03:09Z')).toBe('14:03:09')
    expect(new Date(startOfDay('2026-11-22')).toISOString()).toBe('2026-11-21T16:00:00.000Z')
  })

  it('finds midnight on the day the clocks change', () => {
    setZone('Europe/Berlin')
    expect(new Date(startOfDay('2026-03-29')).toISOString()).toBe('2026-03-28T23:00:00.000Z')
    expect(new Date(startOfDay('2026-10-25')).toISOString()).toBe('2026-10-24T22:00:00.000Z')
    setZone('no/such zone')
    expect(timeOfDay('2026-11-22T06:03:09Z')).toBe('07:03:09')
  })

  it('never counts below zero when clocks differ', () => {
    expect(secondsSince('2026-11-22T06:00:10Z', Date.parse('2026-11-22T06:00:09Z'))).toBe(0)
    expect(secondsSince('2026-11-22T06:00:00Z', Date.parse('2026-11-22T06:01:09Z'))).toBe(69)
  })
})
