import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { AutoComplete, Button, Select } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { groupOf, groups } from '../editor/spec'
import { useDoc, useEditor } from '../editor/store'
import { useWorld } from '../editor/world'

/** What every control of a field takes. */
export interface ControlProps {
  id: string
  label: string
  value: unknown
  onChange: (value: unknown) => void
  disabled?: boolean
}

export function AddButton(props: { onClick: () => void; disabled?: boolean; children: ReactNode }) {
  return (
    <Button
      size="small"
      type="dashed"
      icon={<PlusOutlined />}
      onClick={props.onClick}
      disabled={props.disabled}
      className="field-add"
    >
      {props.children}
    </Button>
  )
}

/** Up, down and away for a row of a list. */
export function RowTools(props: {
  what: string
  disabled?: boolean
  first?: boolean
  last?: boolean
  onMove?: (by: -1 | 1) => void
  onRemove: () => void
}) {
  const { t } = useTranslation()
  if (props.disabled) return null
  return (
    <span className="row-tools">
      {props.onMove && (
        <>
          <button
            type="button"
            className="icon-button"
            disabled={props.first}
            aria-label={t('editor.up', { what: props.what })}
            onClick={() => props.onMove?.(-1)}
          >
            <ArrowUpOutlined />
          </button>
          <button
            type="button"
            className="icon-button"
            disabled={props.last}
            aria-label={t('editor.down', { what: props.what })}
            onClick={() => props.onMove?.(1)}
          >
            <ArrowDownOutlined />
          </button>
        </>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label={t('editor.take_out', { what: props.what })}
        onClick={props.onRemove}
      >
        <DeleteOutlined />
      </button>
    </span>
  )
}

/** A name that is usually one of those that exist; another may be typed. */
export function NameInput(
  props: Omit<ControlProps, 'value'> & {
    value: string
    options: { value: string; label?: ReactNode }[]
    placeholder?: string
    status?: 'error'
  },
) {
  return (
    <AutoComplete
      id={props.id}
      aria-label={props.label}
      value={props.value}
      options={props.options}
      disabled={props.disabled}
      placeholder={props.placeholder}
      status={props.status}
      onChange={(v: string) => props.onChange(v === '' ? undefined : v)}
      showSearch={{
        filterOption: (typed, o) =>
          // What is chosen already is no search.
          typed === props.value && props.options.some((x) => x.value === typed)
            ? true
            : String(o?.value ?? '')
                .toLowerCase()
                .includes(typed.toLowerCase()),
      }}
      className="field-wide"
    />
  )
}

/** Where a way out leads: a node, nowhere, or a node that is made for it. */
export function TargetSelect(props: {
  id?: string
  label: string
  node: string
  target: string | undefined
  required?: boolean
  disabled?: boolean
  onChange: (target: string | undefined) => void
}) {
  const { t } = useTranslation()
  const doc = useDoc()
  const store = useEditor()
  const { specs } = useWorld()
  const lost = props.target !== undefined && !(props.target in doc.nodes)
  const make = (kind: string) => {
    const at = doc.nodes[props.node]?.at ?? [0, 0]
    const before = store.doc
    const place: [number, number] = [at[0] + 320, at[1]]
    while (
      Object.values(before.nodes).some(
        (n) => n.at && Math.abs(n.at[0] - place[0]) < 200 && Math.abs(n.at[1] - place[1]) < 120,
      )
    )
      place[1] += 140
    return store.addQuietly(kind, place)
  }
  return (
    <Select
      id={props.id}
      aria-label={props.label}
      value={props.target}
      disabled={props.disabled}
      allowClear
      showSearch={{ optionFilterProp: 'text' }}
      status={lost || (props.required && props.target === undefined) ? 'error' : undefined}
      placeholder={t(props.required ? 'editor.choose_node' : 'editor.ends')}
      className="field-wide"
      popupMatchSelectWidth={260}
      onChange={(v: string | undefined) => {
        if (v?.startsWith('+ ')) props.onChange(make(v.slice(2)))
        else props.onChange(v)
      }}
      options={[
        {
          label: t('editor.nodes'),
          options: Object.entries(doc.nodes).map(([name, n]) => ({
            value: name,
            text: `${name} ${n.title ?? ''}`,
            label: n.title && n.title !== name ? `${n.title}（${name}）` : name,
          })),
        },
        {
          label: t('editor.new_node'),
          options: [...specs.kinds]
            .sort((a, b) => order(a.kind) - order(b.kind))
            .map((k) => ({
              value: `+ ${k.kind}`,
              text: specs.label(k.kind),
              label: `＋ ${specs.label(k.kind)}`,
            })),
        },
      ]}
    />
  )
}

const order = (kind: string) => groups.findIndex((g) => g.key === groupOf(kind))
