import type { TFunction } from 'i18next'
import { type Exit, type FlowNode, listOf } from './doc'
import { type KindSpec, say } from './spec'

/** One thing to play, as it may stand in the file. */
export type PromptItem = string | Record<string, unknown>

export const ways = [
  'tts',
  'say_digits',
  'say_number',
  'say_count',
  'say_amount',
  'say_date',
  'say_time',
  'tone',
] as const
export type Way = (typeof ways)[number]

/** The way and the text of an entry: a recording's name, or what is said. */
export function readPrompt(item: PromptItem): { way: 'file' | Way; text: string } {
  if (typeof item !== 'object' || item === null) return { way: 'file', text: String(item ?? '') }
  const [way, value] = Object.entries(item)[0] ?? ['file', '']
  return { way: way as 'file' | Way, text: String(value ?? '') }
}

export function writePrompt(way: 'file' | Way, text: string): PromptItem {
  return way === 'file' ? text : { [way]: text }
}

/** What is heard, in words, as far as it is known before a call. */
export function promptWords(items: unknown, words: Map<string, string>, t: TFunction): string {
  return listOf<PromptItem>(items)
    .map((item) => {
      const { way, text } = readPrompt(item)
      if (way === 'file') return words.get(text) || text
      if (way === 'tts') return text
      if (way === 'tone') return t(`editor.tone.${text}` as never, { defaultValue: text }) as string
      return `‹${text}›`
    })
    .join(' ')
}

const entries = (v: unknown) =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? Object.entries(v) : []

/** One line that says what a node does. */
export function summaryOf(
  node: FlowNode,
  spec: KindSpec | undefined,
  words: Map<string, string>,
  t: TFunction,
): string {
  switch (node.kind) {
    case 'group':
    case 'flow':
    case 'subflow':
      return String(node[node.kind === 'group' ? 'group' : 'flow'] ?? '')
    case 'hours':
      return [...listOf(node.open), ...listOf(node.named)].join('；')
    case 'agent':
      return String(node.number ?? (node.by ? `‹${node.by}›` : ''))
    case 'external':
      return String(node.number ?? '')
    case 'set':
      return entries(node.values)
        .map(([k, v]) => `${k} = ${v}`)
        .join('，')
    case 'lookup':
    case 'notice':
      return String(node.url ?? '')
    case 'info':
      return node.by ? `‹${node.by}›` : ''
    case 'caller':
    case 'condition':
      return ''
  }
  const play = spec?.fields.find((f) => f.type === 'prompts')
  if (!play) return ''
  const items = node[play.name] ?? play.default
  return items === undefined ? '' : promptWords(items, words, t)
}

/** What people call a way out of a node. */
export function exitWords(
  x: Pick<Exit, 'kind' | 'key' | 'field'>,
  node: FlowNode,
  spec: KindSpec | undefined,
  t: TFunction,
): string {
  if (x.kind === 'key') return t('editor.key', { key: x.key })
  if (x.kind === 'case') {
    const item = listOf<Record<string, unknown>>(node[x.field])[Number(x.key)]
    return caseWords(item, t) || t('editor.case', { n: Number(x.key) + 1 })
  }
  return say(spec?.exits.find((e) => e.name === x.key)?.label) || x.key
}

/** A case of a condition in short. */
export function caseWords(item: Record<string, unknown> | undefined, t: TFunction): string {
  if (!item || typeof item !== 'object') return ''
  return Object.entries(item)
    .filter(([k]) => k !== 'go')
    .map(([k, v]) => {
      if (k === 'if') return String(v)
      const name = t(`editor.caller.${k}` as never, { defaultValue: k }) as string
      if (v === true || v === 'true') return name
      if (v === false || v === 'false') return t('editor.not', { what: name })
      if (k === 'customer')
        return entries(v)
          .map(([f, x]) => `${f}=${listOf(x).join('/')}`)
          .join(' ')
      return `${name} ${listOf(v).join('/')}`
    })
    .join(' · ')
}
