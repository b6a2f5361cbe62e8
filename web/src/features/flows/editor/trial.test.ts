// biome-ignore-all lint/suspicious/noThenProperty: what a flow file calls it
import { expect, it } from 'vitest'
import type { FlowTried } from '@/lib/types'
import { caseOf, readCase, settingsOf, trialOf } from './trial'

const tried = {
  exit: 'waits',
  node: '售前',
  group: '售前',
  waits: { node: '售前', for: 'person' },
  steps: [],
  heard: [
    { node: '欢迎', text: '', step: 0, prompts: [{ file: 'welcome' }] },
    { node: '菜单', text: '', step: 1, prompts: [{ file: 'menu_main' }] },
  ],
} as unknown as FlowTried

it('saves a trial as a case that expects what came of it, and plays it again', () => {
  const settings = { ...settingsOf(), at: '2026-10-01 09:00', repeat: true, hours: '门市 客服' }
  const deeds = [{ keys: '1' }, { keys: '' }, { became: 'no_agent' }]
  const saved = caseOf('国庆', settings, deeds, tried)
  expect(saved).toMatchObject({
    name: '国庆',
    at: '2026-10-01 09:00',
    repeat: true,
    keys: ['1', ''],
    then: ['no_agent'],
    hours: { 门市: 'open', 客服: 'open' },
    expect: { exit: 'group', group: '售前', heard: ['welcome', 'menu_main'] },
  })
  const again = readCase(saved)
  expect(trialOf(again.settings, again.deeds)).toEqual(trialOf(settings, deeds))
})

it('reads keys that are written in one line', () => {
  expect(readCase({ keys: '1,2#,-', then: 'answered' }).deeds).toEqual([
    { keys: '1' },
    { keys: '2#' },
    { keys: '' },
    { became: 'answered' },
  ])
})
