import { expect, it } from 'vitest'
import { shortens } from './retention-form'

const rules = (recording_days: number, record_days: number) => ({ recording_days, record_days })

it('asks before less is kept, and 0 is for ever', () => {
  expect(shortens(rules(0, 0), rules(90, 0))).toBe(true)
  expect(shortens(rules(90, 365), rules(30, 365))).toBe(true)
  expect(shortens(rules(90, 365), rules(90, 180))).toBe(true)
  expect(shortens(rules(90, 365), rules(90, 0))).toBe(false)
  expect(shortens(rules(90, 365), rules(120, 400))).toBe(false)
})
