import i18n from 'i18next'

/** A label in both languages of the product, as the API sends it. */
export interface Text {
  zh: string
  en: string
}

export interface FieldSpec {
  name: string
  type: string
  label: Text
  help: Text
  required: boolean
  default?: string
  min?: number
  max?: number
  options?: string[] | null
}

export interface ExitSpec {
  name: string
  label: Text
  required: boolean
  waits: boolean
  says?: string[] | null
}

/** What a flow file may say about one kind of node, and where it may lead. */
export interface KindSpec {
  kind: string
  label: Text
  help: Text
  fields: FieldSpec[]
  exits: ExitSpec[]
}

/** A label in the language of the page. */
export function say(text: Text | undefined): string {
  if (!text) return ''
  return (i18n.language ?? '').startsWith('en') ? text.en : text.zh
}

export class Specs {
  private readonly byKind: Map<string, KindSpec>
  constructor(readonly kinds: KindSpec[]) {
    this.byKind = new Map(kinds.map((k) => [k.kind, k]))
  }
  of(kind: string): KindSpec | undefined {
    return this.byKind.get(kind)
  }
  label(kind: string): string {
    return say(this.of(kind)?.label) || kind
  }
}

/** Kinds by what a person looks for; a kind that is not named here stands under the last. */
export const groups = [
  { key: 'say', kinds: ['prompt', 'menu', 'input', 'info', 'voicemail', 'survey'] },
  { key: 'decide', kinds: ['hours', 'caller', 'condition'] },
  { key: 'people', kinds: ['group', 'last_agent', 'agent', 'external'] },
  { key: 'data', kinds: ['set', 'lookup', 'notice'] },
  { key: 'lead', kinds: ['flow', 'subflow', 'return', 'hangup'] },
] as const

export type GroupKey = (typeof groups)[number]['key']

export function groupOf(kind: string): GroupKey {
  return groups.find((g) => (g.kinds as readonly string[]).includes(kind))?.key ?? 'lead'
}
