import {
  DeleteOutlined,
  EditOutlined,
  EyeInvisibleOutlined,
  EyeOutlined,
  PlusOutlined,
} from '@ant-design/icons'
import { App, Button, Input, Skeleton, Tabs, Tooltip, Tree } from 'antd'
import { type KeyboardEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LabelKind, LabelView } from '@/lib/types'
import { PageHead, Tag } from '@/ui/bits'
import { Need } from '@/ui/need'
import { Empty, Loaded } from '@/ui/page-state'
import { useShowError } from '@/ui/side-sheet'
import { type Branch, type LabelChange, moved, treeOf, useLabelChange, useLabels } from './data'
import './labels.css'

const kinds: LabelKind[] = ['call', 'quality', 'status']

/** Call tags, service-quality tags and contact statuses. */
export function LabelsPage() {
  return (
    <Need right="calls.tags">
      <Labels />
    </Need>
  )
}

function Labels() {
  const { t } = useTranslation()
  return (
    <>
      <PageHead title={t('section.labels')} text={t('label.text')} />
      <Tabs
        className="labels"
        items={kinds.map((kind) => ({
          key: kind,
          label: t(`label.kind.${kind}`),
          children: <LabelTree kind={kind} />,
        }))}
      />
    </>
  )
}

function LabelTree({ kind }: { kind: LabelKind }) {
  const { t } = useTranslation()
  const labels = useLabels()
  const change = useLabelChange()
  const showError = useShowError()
  const run = (c: LabelChange, done?: () => void) =>
    change.mutate(c, { onError: (e) => showError(e), onSuccess: done })
  return (
    <Loaded query={labels} skeleton={<Skeleton active title={false} paragraph={{ rows: 6 }} />}>
      {(all) => {
        const tree = treeOf(all, kind)
        return (
          <>
            <NewLabel kind={kind} add={(name, done) => run({ do: 'add', kind, name }, done)} />
            {tree.length === 0 ? (
              <Empty title={t('label.none')} text={t(`label.none_text.${kind}`)} />
            ) : (
              <>
                <p className="faint labels-help">{t('label.keys')}</p>
                <Sorted all={all} tree={tree} kind={kind} run={run} />
              </>
            )}
          </>
        )
      }}
    </Loaded>
  )
}

function NewLabel(props: { kind: LabelKind; add: (name: string, done: () => void) => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const add = () => name.trim() && props.add(name.trim(), () => setName(''))
  return (
    <div className="labels-new">
      <Input
        value={name}
        maxLength={60}
        placeholder={t('label.name')}
        aria-label={t('label.name')}
        onChange={(e) => setName(e.target.value)}
        onPressEnter={add}
      />
      <Button type="primary" icon={<PlusOutlined />} disabled={!name.trim()} onClick={add}>
        {t('label.add')}
      </Button>
    </div>
  )
}

interface Node {
  key: number
  label: LabelView
  branch: Branch
  children: Node[]
}

const nodes = (tree: Branch[]): Node[] =>
  tree.map((b) => ({ key: b.value, label: b.label, branch: b, children: nodes(b.children) }))

function Sorted(props: {
  all: LabelView[]
  tree: Branch[]
  kind: LabelKind
  run: (c: LabelChange, done?: () => void) => void
}) {
  const { all, run, kind } = props
  const flat = kind === 'status'
  const byKey = (e: KeyboardEvent, label: LabelView) => {
    const ways = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'out', ArrowRight: 'in' } as const
    const way = e.altKey ? ways[e.key as keyof typeof ways] : undefined
    if (!way || (flat && (way === 'in' || way === 'out'))) return
    e.preventDefault()
    e.stopPropagation()
    const to = moved(all, label, way)
    if (to) run({ do: 'move', id: label.id, ...to })
  }
  return (
    <Tree<Node>
      blockNode
      defaultExpandAll
      draggable={{ icon: false }}
      selectable={false}
      treeData={nodes(props.tree)}
      allowDrop={({ dropPosition }) => !flat || dropPosition !== 0}
      onDrop={({ node, dragNode, dropPosition, dropToGap }) => {
        const label = dragNode.label
        if (!dropToGap) {
          run({ do: 'move', id: label.id, parent: node.label.id })
          return
        }
        const parent = node.label.parent_id
        const line = all.filter((l) => l.kind === kind && l.parent_id === parent)
        const at = line.findIndex((l) => l.id === node.label.id)
        const place = Number(node.pos.split('-').pop())
        const before = dropPosition <= place ? line[at] : line[at + 1]
        run({ do: 'move', id: label.id, parent, before: before?.id })
      }}
      titleRender={(n) => (
        <LabelLine branch={n.branch} flat={flat} run={run} onKey={(e) => byKey(e, n.label)} />
      )}
    />
  )
}

function LabelLine(props: {
  branch: Branch
  flat: boolean
  run: (c: LabelChange, done?: () => void) => void
  onKey: (e: KeyboardEvent) => void
}) {
  const { t } = useTranslation()
  const { modal } = App.useApp()
  const { label, disabled } = props.branch
  const [editing, edit] = useState<'name' | 'below'>()
  const [text, setText] = useState('')
  const begin = (what: 'name' | 'below') => {
    setText(what === 'name' ? label.name : '')
    edit(what)
  }
  const keep = () => {
    const name = text.trim()
    if (!name) return
    props.run(
      editing === 'below'
        ? { do: 'add', kind: label.kind, parent: label.id, name }
        : { do: 'change', id: label.id, name, enabled: label.enabled },
      () => edit(undefined),
    )
  }
  if (editing) {
    return (
      <span className="label-line">
        <Input
          autoFocus
          size="small"
          maxLength={60}
          value={text}
          aria-label={t(editing === 'below' ? 'label.below' : 'label.name')}
          placeholder={t(editing === 'below' ? 'label.below' : 'label.name')}
          onChange={(e) => setText(e.target.value)}
          onPressEnter={keep}
          onKeyDown={(e) => {
            e.stopPropagation()
            if (e.key === 'Escape') edit(undefined)
          }}
        />
        <Button size="small" type="primary" onClick={keep}>
          {t('common.save')}
        </Button>
        <Button size="small" onClick={() => edit(undefined)}>
          {t('common.cancel')}
        </Button>
      </span>
    )
  }
  const action = (word: string, icon: React.ReactNode, run: () => void) => (
    <Tooltip title={word}>
      <button
        type="button"
        className="icon-button"
        aria-label={`${word} ${label.name}`}
        onClick={run}
      >
        {icon}
      </button>
    </Tooltip>
  )
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the line's own buttons come up to it
    <span className="label-line" onKeyDown={props.onKey}>
      <button type="button" className={`label-name ${disabled ? 'off' : ''}`}>
        {label.name}
      </button>
      {!label.enabled && <Tag>{t('common.off')}</Tag>}
      <span className="label-actions">
        {!props.flat && action(t('label.below'), <PlusOutlined />, () => begin('below'))}
        {action(t('label.rename'), <EditOutlined />, () => begin('name'))}
        {action(
          t(label.enabled ? 'label.turn_off' : 'label.turn_on'),
          label.enabled ? <EyeInvisibleOutlined /> : <EyeOutlined />,
          () =>
            props.run({ do: 'change', id: label.id, name: label.name, enabled: !label.enabled }),
        )}
        {action(t('common.remove'), <DeleteOutlined />, () =>
          modal.confirm({
            title: t('common.remove_title', { name: label.name }),
            content: t('label.remove_text'),
            okText: t('common.remove'),
            okButtonProps: { danger: true },
            cancelText: t('common.cancel'),
            onOk: () => props.run({ do: 'remove', id: label.id }),
          }),
        )}
      </span>
    </span>
  )
}
