import { CopyOutlined, DeleteOutlined, PlayCircleOutlined } from '@ant-design/icons'
import { Button, Input, Select, Switch, Tooltip } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '@/lib/types'
import { FieldRow } from '../fields/field'
import { TargetSelect } from '../fields/parts'
import { LinesField } from '../fields/tables'
import { comesFrom, exitsOf } from './doc'
import { kindIcon } from './icons'
import { fieldOf } from './problem-list'
import { groupOf, say } from './spec'
import { useDoc, useEditor, useEditorState } from './store'
import { exitWords } from './words'
import { useWorld } from './world'

const endings = ['return', 'hangup']

/** What is selected, as a form; the flow's own settings while nothing is. */
export function Inspector({ problems, onCopy }: { problems: Problem[]; onCopy: () => void }) {
  const selected = useEditorState((s) => s.selected)
  const doc = useDoc()
  const name = selected[0]
  if (selected.length > 1) return <Several names={selected} onCopy={onCopy} />
  if (name !== undefined && doc.nodes[name])
    return (
      <NodeForm
        key={name}
        name={name}
        problems={problems.filter((p) => p.node === name)}
        onCopy={onCopy}
      />
    )
  return <FlowForm problems={problems.filter((p) => !p.node)} />
}

function Several({ names, onCopy }: { names: string[]; onCopy: () => void }) {
  const { t } = useTranslation()
  const store = useEditor()
  return (
    <div className="inspector-body">
      <h2>{t('editor.several', { n: names.length })}</h2>
      <p className="muted">{t('editor.several_text')}</p>
      <div className="inspector-actions">
        <Button icon={<CopyOutlined />} onClick={onCopy}>
          {t('editor.copy')}
        </Button>
        {!store.readOnly && (
          <Button danger icon={<DeleteOutlined />} onClick={() => store.remove(names)}>
            {t('common.remove')}
          </Button>
        )}
      </div>
    </div>
  )
}

function FlowForm({ problems }: { problems: Problem[] }) {
  const { t } = useTranslation()
  const store = useEditor()
  const doc = useDoc()
  const off = store.readOnly
  return (
    <div className="inspector-body">
      <h2>{t('editor.flow_itself')}</h2>
      <p className="muted">{t('editor.nothing_selected')}</p>
      <div className="field">
        <label htmlFor="flow-start">{t('editor.start_node')}</label>
        <Select
          id="flow-start"
          aria-label={t('editor.start_node')}
          className="field-wide"
          showSearch
          value={doc.start || undefined}
          disabled={off}
          options={Object.keys(doc.nodes).map((value) => ({ value, label: value }))}
          onChange={(start) => store.change({ ...doc, start })}
        />
      </div>
      <div className="field">
        <label htmlFor="flow-language">{t('editor.language')}</label>
        <Select
          id="flow-language"
          aria-label={t('editor.language')}
          className="field-wide"
          value={doc.language ?? 'zh'}
          disabled={off}
          options={[
            { value: 'zh', label: t('editor.option.zh') },
            { value: 'en', label: t('editor.option.en') },
          ]}
          onChange={(language) => store.change({ ...doc, language })}
        />
        <small className="field-help">{t('editor.language_help')}</small>
      </div>
      <div className="field">
        <label htmlFor="flow-takes">{t('editor.takes')}</label>
        <LinesField
          id="flow-takes"
          label={t('editor.takes')}
          value={doc.takes}
          disabled={off}
          placeholder={t('editor.one_a_line')}
          onChange={(takes) => {
            const { takes: _, ...rest } = store.doc
            store.change(
              takes === undefined ? rest : { ...rest, takes: takes as string[] },
              'takes',
            )
          }}
        />
        <small className="field-help">{t('editor.takes_help')}</small>
      </div>
      {problems.map((p) => (
        <small key={`${p.line}${p.what}`} className={p.warning ? 'field-warning' : 'field-error'}>
          {p.what} {p.do}
        </small>
      ))}
    </div>
  )
}

function NodeForm({
  name,
  problems,
  onCopy,
}: {
  name: string
  problems: Problem[]
  onCopy: () => void
}) {
  const { t } = useTranslation()
  const store = useEditor()
  const { specs } = useWorld()
  const doc = useDoc()
  const field = useEditorState((s) => s.field)
  const box = useRef<HTMLDivElement>(null)
  const node = doc.nodes[name]
  useEffect(() => {
    if (!field) return
    const row = box.current?.querySelector<HTMLElement>(`[data-field="${CSS.escape(field)}"]`)
    row?.scrollIntoView({ block: 'center' })
    row?.querySelector<HTMLElement>('input, textarea, button, [tabindex]')?.focus()
  }, [field])
  if (!node) return null
  const spec = specs.of(node.kind)
  const off = store.readOnly
  const of = (f: string) => problems.filter((p) => fieldOf(p) === f)
  const known = new Set([...(spec?.fields.map((f) => f.name) ?? []), 'exits', 'title'])
  const general = problems.filter((p) => !known.has(fieldOf(p)))
  const exits = exitsOf(node, spec).filter((x) => x.field === 'exits')
  const from = comesFrom(doc, name, specs)
  return (
    <div className="inspector-body" ref={box}>
      <header className="inspector-head">
        <span aria-hidden="true" className={`kind-icon kind-${groupOf(node.kind)}`}>
          {kindIcon(node.kind)}
        </span>
        <div>
          <h2>{specs.label(node.kind)}</h2>
          <p className="muted">{say(spec?.help)}</p>
        </div>
      </header>
      {general.map((p) => (
        <p
          key={`${p.line}${p.what}`}
          className={p.warning ? 'field-warning boxed' : 'field-error boxed'}
        >
          {p.what} {p.do}
        </p>
      ))}
      <NameField key={name} name={name} />
      <div className="field" data-field="title">
        <label htmlFor="node-title">{t('editor.title')}</label>
        <Input
          id="node-title"
          value={node.title ?? ''}
          maxLength={100}
          placeholder={name}
          disabled={off}
          onChange={(e) =>
            store.setField(name, 'title', e.target.value === '' ? undefined : e.target.value)
          }
        />
      </div>
      {spec?.fields.map((f) => (
        <FieldRow
          key={f.name}
          spec={f}
          node={name}
          value={node[f.name]}
          disabled={off}
          at={field === f.name}
          problems={of(f.name)}
          onChange={(v) => store.setField(name, f.name, v)}
        />
      ))}
      {exits.length > 0 && (
        <section className="inspector-exits" data-field="exits">
          <h3>{t('editor.exits')}</h3>
          {exits.map((x) => (
            <div className="exit-row" key={x.id}>
              <label htmlFor={`exit-${x.key}`}>
                {exitWords(x, node, spec, t)}
                {x.required && <span className="field-must">*</span>}
              </label>
              <TargetSelect
                id={`exit-${x.key}`}
                label={exitWords(x, node, spec, t)}
                node={name}
                target={x.target}
                required={x.required}
                disabled={off}
                onChange={(to) => store.connect(name, x.id, to)}
              />
            </div>
          ))}
          {of('exits').map((p) => (
            <small key={p.what} className={p.warning ? 'field-warning' : 'field-error'}>
              {p.what} {p.do}
            </small>
          ))}
        </section>
      )}
      {!endings.includes(node.kind) && (
        <div className="field inline">
          <Switch
            id="node-transferable"
            size="small"
            checked={node.transferable === true}
            disabled={off}
            onChange={(v) => store.setField(name, 'transferable', v || undefined)}
          />
          <label htmlFor="node-transferable">{t('editor.transferable')}</label>
          <small className="field-help">{t('editor.transferable_help')}</small>
        </div>
      )}
      <section className="inspector-from">
        <h3>{t('editor.comes_from')}</h3>
        {doc.start === name && (
          <p className="muted">
            <PlayCircleOutlined /> {t('editor.call_begins')}
          </p>
        )}
        {from.length === 0 && doc.start !== name && <p className="muted">{t('editor.nobody')}</p>}
        <ul>
          {from.map((f) => (
            <li key={`${f.node} ${f.exit.id}`}>
              <button type="button" className="link" onClick={() => store.reveal(f.node)}>
                {doc.nodes[f.node]?.title || f.node}
              </button>{' '}
              <small>
                {exitWords(
                  f.exit,
                  doc.nodes[f.node] ?? node,
                  specs.of(doc.nodes[f.node]?.kind ?? ''),
                  t,
                )}
              </small>
            </li>
          ))}
        </ul>
      </section>
      <div className="inspector-actions">
        {!off && doc.start !== name && (
          <Button size="small" onClick={() => store.change({ ...store.doc, start: name })}>
            {t('editor.make_start')}
          </Button>
        )}
        <Tooltip title="Ctrl C">
          <Button size="small" icon={<CopyOutlined />} onClick={onCopy}>
            {t('editor.copy')}
          </Button>
        </Tooltip>
        {!off && (
          <Tooltip title="Delete">
            <Button
              size="small"
              danger
              icon={<DeleteOutlined />}
              onClick={() => store.remove([name])}
            >
              {t('common.remove')}
            </Button>
          </Tooltip>
        )}
      </div>
    </div>
  )
}

/** The name of a node; all places that name it follow when the field is left. */
function NameField({ name }: { name: string }) {
  const { t } = useTranslation()
  const store = useEditor()
  const [typed, setTyped] = useState(name)
  const wish = typed.trim()
  const taken = wish !== name && wish in store.doc.nodes
  const bad = wish === '' || wish.length > 60 || taken
  const done = () => {
    if (bad) setTyped(name)
    else if (wish !== name) store.rename(name, wish)
  }
  return (
    <div className="field" data-field="name">
      <label htmlFor="node-name">{t('editor.name')}</label>
      <Input
        id="node-name"
        value={typed}
        maxLength={60}
        disabled={store.readOnly}
        status={bad ? 'error' : undefined}
        onChange={(e) => setTyped(e.target.value)}
        onBlur={done}
        onPressEnter={done}
        onKeyDown={(e) => {
          if (e.key === 'Escape') setTyped(name)
        }}
      />
      <small className={taken ? 'field-error' : 'field-help'}>
        {t(taken ? 'editor.name_taken' : 'editor.name_help')}
      </small>
    </div>
  )
}
