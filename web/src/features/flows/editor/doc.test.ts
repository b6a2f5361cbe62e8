import { describe, expect, it } from 'vitest'
import {
  addNode,
  comesFrom,
  connect,
  copyNodes,
  exitsOf,
  type FlowDoc,
  pasteNodes,
  readFragment,
  removeNodes,
  rename,
  setField,
  variablesOf,
} from './doc'
import { Specs } from './spec'

const text = (zh: string) => ({ zh, en: zh })
const exit = (name: string, required = false) => ({
  name,
  label: text(name),
  required,
  waits: false,
  says: ['goodbye'],
})
const field = (name: string, type: string) => ({
  name,
  type,
  label: text(name),
  help: text(name),
  required: false,
})
const specs = new Specs([
  {
    kind: 'prompt',
    label: text('播放'),
    help: text(''),
    fields: [field('play', 'prompts')],
    exits: [exit('next', true)],
  },
  {
    kind: 'menu',
    label: text('菜单'),
    help: text(''),
    fields: [field('keys', 'keys')],
    exits: [exit('timeout')],
  },
  {
    kind: 'caller',
    label: text('来电'),
    help: text(''),
    fields: [field('cases', 'cases')],
    exits: [exit('other', true)],
  },
  {
    kind: 'input',
    label: text('输入'),
    help: text(''),
    fields: [field('into', 'variable')],
    exits: [],
  },
  { kind: 'hangup', label: text('挂断'), help: text(''), fields: [], exits: [] },
])

const doc: FlowDoc = {
  name: '客服',
  start: '欢迎',
  nodes: {
    欢迎: { kind: 'prompt', play: ['welcome'], exits: { next: '菜单' } },
    菜单: { kind: 'menu', keys: { '1': '再见', '*': '菜单' }, exits: { timeout: '再见' } },
    判断: { kind: 'caller', cases: [{ repeat: true, go: '再见' }], exits: { other: '菜单' } },
    再见: { kind: 'hangup' },
  },
  cases: [{ name: '按 1', expect: { node: '再见' } }],
}

const menu = () => exitsOf(doc.nodes.菜单 as never, specs.of('menu'))

describe('ways out of a node', () => {
  it('are its keys and cases, then those of its kind, connected or not', () => {
    expect(menu().map((x) => [x.id, x.target])).toEqual([
      ['keys.1', '再见'],
      ['keys.*', '菜单'],
      ['exits.timeout', '再见'],
    ])
    expect(exitsOf({ kind: 'prompt' }, specs.of('prompt'))).toMatchObject([
      { id: 'exits.next', target: undefined, required: true },
    ])
    expect(exitsOf(doc.nodes.判断 as never, specs.of('caller'))[0]).toMatchObject({
      id: 'cases.0',
      trail: 'case 1',
      target: '再见',
    })
  })

  it('show an exit that the kind does not have, so that it can be taken away', () => {
    const exits = exitsOf({ kind: 'hangup', exits: { next: '菜单' } }, specs.of('hangup'))
    expect(exits.map((x) => x.id)).toEqual(['exits.next'])
  })
})

describe('connecting', () => {
  it('writes into exits, keys and cases, and takes a way away', () => {
    expect(connect(doc, '欢迎', 'exits.next', '再见').nodes.欢迎?.exits).toEqual({ next: '再见' })
    expect(connect(doc, '欢迎', 'exits.next', undefined).nodes.欢迎).toEqual({
      kind: 'prompt',
      play: ['welcome'],
    })
    expect(connect(doc, '菜单', 'keys.1', undefined).nodes.菜单?.keys).toEqual({
      '1': '',
      '*': '菜单',
    })
    expect(connect(doc, '判断', 'cases.0', '欢迎').nodes.判断?.cases).toEqual([
      { repeat: true, go: '欢迎' },
    ])
  })

  it('leaves the document before as it was', () => {
    const before = JSON.stringify(doc)
    connect(doc, '菜单', 'keys.1', '欢迎')
    removeNodes(doc, ['再见'], specs)
    rename(doc, '菜单', '主菜单', specs)
    expect(JSON.stringify(doc)).toBe(before)
  })
})

describe('removing and renaming', () => {
  it('takes away every way that leads to a node that is gone', () => {
    const out = removeNodes(doc, ['再见'], specs)
    expect(out.nodes.菜单).toEqual({ kind: 'menu', keys: { '1': '', '*': '菜单' } })
    expect(out.nodes.判断?.cases).toEqual([{ repeat: true, go: '' }])
  })

  it('gives the start to another node when the first one goes', () => {
    expect(removeNodes(doc, ['欢迎'], specs).start).toBe('菜单')
  })

  it('renames in exits, keys, cases, start and saved cases, and keeps the order', () => {
    const out = rename(doc, '再见', '结束', specs)
    expect(Object.keys(out.nodes)).toEqual(['欢迎', '菜单', '判断', '结束'])
    expect(out.nodes.菜单).toMatchObject({ keys: { '1': '结束' }, exits: { timeout: '结束' } })
    expect(out.nodes.判断?.cases).toEqual([{ repeat: true, go: '结束' }])
    expect(out.cases?.[0]?.expect).toEqual({ node: '结束' })
    expect(rename(doc, '欢迎', '开始', specs).start).toBe('开始')
    expect(JSON.stringify(out)).not.toContain('再见')
  })

  it('does not rename onto a node that is there', () => {
    expect(rename(doc, '欢迎', '菜单', specs)).toBe(doc)
  })
})

describe('copying', () => {
  it('keeps ways among the copies, and those to nodes that are here', () => {
    const { doc: out, names } = pasteNodes(doc, copyNodes(doc, ['欢迎', '菜单']), specs)
    expect(names).toEqual(['欢迎 2', '菜单 2'])
    expect(out.nodes['欢迎 2']?.exits).toEqual({ next: '菜单 2' })
    expect(out.nodes['菜单 2']).toMatchObject({ keys: { '1': '再见', '*': '菜单 2' } })
    expect(out.start).toBe('欢迎')
  })

  it('drops ways to nodes that another flow does not have', () => {
    const empty: FlowDoc = { name: '另一个', start: '', nodes: {} }
    const { doc: out } = pasteNodes(empty, copyNodes(doc, ['菜单']), specs)
    expect(out.nodes.菜单).toMatchObject({ keys: { '1': '', '*': '菜单' } })
    expect(out.start).toBe('菜单')
  })

  it('reads only what was copied here', () => {
    const good = JSON.stringify(copyNodes(doc, ['欢迎']))
    expect(readFragment(good)?.nodes.欢迎?.kind).toBe('prompt')
    for (const bad of ['', 'hello', '{}', '[]', 'null', '{"switchdesk":"flow-nodes","nodes":[]}'])
      expect(readFragment(bad)).toBeUndefined()
    expect(readFragment('{"switchdesk":"flow-nodes","nodes":{"a":1}}')).toBeUndefined()
  })
})

it('adds nodes under free names; the first is the start', () => {
  const empty: FlowDoc = { name: '新', start: '', nodes: {} }
  const one = addNode(empty, 'menu', '菜单', [0, 0])
  const two = addNode(one.doc, 'menu', '菜单', [10, 20])
  expect([one.name, two.name, two.doc.start]).toEqual(['菜单', '菜单 2', '菜单'])
  expect(two.doc.nodes['菜单 2']).toEqual({ kind: 'menu', at: [10, 20] })
})

it('sets a field before the exits, and takes one away', () => {
  const out = setField(doc, '菜单', 'timeout', '8s')
  expect(Object.keys(out.nodes.菜单 ?? {})).toEqual(['kind', 'keys', 'timeout', 'exits'])
  expect(setField(out, '菜单', 'timeout', undefined).nodes.菜单).toEqual(doc.nodes.菜单)
})

it('knows who leads to a node, and which variables there are', () => {
  expect(comesFrom(doc, '再见', specs).map((f) => `${f.node} ${f.exit.id}`)).toEqual([
    '菜单 keys.1',
    '菜单 exits.timeout',
    '判断 cases.0',
  ])
  const more: FlowDoc = {
    ...doc,
    takes: ['会员号'],
    nodes: { ...doc.nodes, 问: { kind: 'input', into: '订单号' } },
  }
  expect(variablesOf(more, specs)).toEqual(expect.arrayContaining(['会员号', '订单号', 'caller']))
})
