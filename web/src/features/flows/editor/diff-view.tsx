import { CloseOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { ReactFlowProvider, useReactFlow, type Viewport } from '@xyflow/react'
import { Button, Select } from 'antd'
import type { TFunction } from 'i18next'
import { useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api'
import type { FlowChange, FlowVersionView } from '@/lib/types'
import { Loaded } from '@/ui/page-state'
import { FlowCanvas } from './canvas'
import { type How, marksOf, telling } from './compare'
import { exitsOf, type FlowDoc } from './doc'
import type { Overlay } from './graph'
import { arrange, placed } from './layout'
import { say } from './spec'
import { exitWords } from './words'
import { useWorld } from './world'

type Side = number | 'draft'

/** Two versions side by side in the drawing; both are moved and zoomed as one. */
export function DiffView(props: {
  id: number
  from: Side
  to: Side
  versions: FlowVersionView[]
  hasDraft: boolean
  onChoose: (from: Side, to: Side) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { id, from, to } = props
  const diff = useQuery({
    queryKey: ['flows', id, 'diff', from, to],
    queryFn: ({ signal }) =>
      api.get('/api/flows/{id}/diff', {
        path: { id },
        query: { from: String(from), to: String(to) },
        signal,
      }),
    gcTime: 0,
  })
  const options = [
    ...(props.hasDraft ? [{ value: 'draft' as Side, label: t('editor.draft') }] : []),
    ...props.versions.map((v) => ({
      value: v.number as Side,
      label: `${t('flow.version', { n: v.number })}${v.active ? ` · ${t('flow.in_force')}` : ''}`,
    })),
  ]
  return (
    <div className="diff-view">
      <header className="diff-bar">
        <h1>{t('editor.compare')}</h1>
        <Select<Side>
          aria-label={t('editor.compare_from')}
          value={from}
          options={options}
          onChange={(v) => props.onChoose(v, to)}
        />
        <span aria-hidden="true">→</span>
        <Select<Side>
          aria-label={t('editor.compare_to')}
          value={to}
          options={options}
          onChange={(v) => props.onChoose(from, v)}
        />
        <ul className="diff-legend" aria-label={t('editor.legend')}>
          {(['added', 'removed', 'changed'] as const).map((how) => (
            <li key={how} className={`legend-${how}`}>
              {t(`editor.how.${how}`)}
            </li>
          ))}
        </ul>
        <Button icon={<CloseOutlined />} onClick={props.onClose}>
          {t('editor.back_to_editor')}
        </Button>
      </header>
      <Loaded query={diff}>
        {(d) => {
          const a = d.from.document as FlowDoc | undefined
          const b = d.to.document as FlowDoc | undefined
          return a && b ? (
            <Sides
              key={`${from} ${to}`}
              a={a}
              b={b}
              changes={d.changes}
              from={name(from, t)}
              to={name(to, t)}
            />
          ) : (
            <p className="muted">{t('editor.unreadable')}</p>
          )
        }}
      </Loaded>
    </div>
  )
}

function name(side: Side, t: TFunction): string {
  return side === 'draft' ? t('editor.draft') : t('flow.version', { n: side })
}

function Sides(p: { a: FlowDoc; b: FlowDoc; changes: FlowChange[]; from: string; to: string }) {
  const { a, b, changes, from, to } = p
  const { t } = useTranslation()
  const { specs } = useWorld()
  const [viewport, setViewport] = useState<Viewport>()
  const [places, setPlaces] = useState<Map<string, [number, number]>>()
  const [focus, setFocus] = useState<{ node: string }>()
  useEffect(() => {
    let gone = false
    if (placed(a) && placed(b)) setPlaces(new Map())
    else
      void arrange({ ...b, nodes: { ...a.nodes, ...b.nodes } }, specs).then((p) => {
        if (!gone) setPlaces(p)
      })
    return () => {
      gone = true
    }
  }, [a, b, specs])
  const list = useMemo(() => telling(changes), [changes])
  const [left, right] = useMemo<[Overlay, Overlay]>(() => {
    const word = (how: How) => t(`editor.how.${how}`)
    return [marksOf(changes, 'from', a, specs, word), marksOf(changes, 'to', b, specs, word)]
  }, [changes, a, b, specs, t])
  if (!places) return null
  const first = list.find((c) => c.node)?.node
  return (
    <div className="diff-body">
      <div className="diff-canvases">
        {(
          [
            { key: 'from', doc: a, overlay: left, label: from },
            { key: 'to', doc: b, overlay: right, label: to },
          ] as const
        ).map((s) => (
          <section key={s.key} aria-label={s.label}>
            <h2>{s.label}</h2>
            <ReactFlowProvider>
              <FlowCanvas
                doc={s.doc}
                places={places}
                overlay={s.overlay}
                label={s.label}
                readOnly
                minimap={false}
                viewport={viewport}
                onViewport={setViewport}
              />
              <Focus
                node={focus?.node ?? first ?? s.doc.start}
                stamp={focus}
                doc={s.key === 'to' ? s.doc : undefined}
                places={places}
                other={s.key === 'to' ? a : undefined}
                onViewport={setViewport}
              />
            </ReactFlowProvider>
          </section>
        ))}
      </div>
      <aside className="diff-list" aria-label={t('editor.changes')}>
        <h2>{t('editor.changes_n', { n: list.length })}</h2>
        {list.length === 0 && <p className="muted">{t('editor.no_changes')}</p>}
        <ul>
          {list.map((c) => (
            <li key={`${c.what} ${c.node}`} className={`legend-${legend(c.what)}`}>
              {c.node ? (
                <button type="button" className="link" onClick={() => setFocus({ node: c.node })}>
                  {b.nodes[c.node]?.title || a.nodes[c.node]?.title || c.node}
                </button>
              ) : (
                <strong>{t('editor.flow_itself')}</strong>
              )}
              <small>
                {t(`editor.how.${c.what as How}`)}
                {c.was && ` ${c.was} → ${c.node}`}
              </small>
              <small className="muted">
                {[
                  ...(c.fields ?? []).map((f) => fieldWords(f.field, c, specs, t)),
                  ...(c.exits ?? []).map((x) => exitName(x.exit, c, a, b, specs, t)),
                ].join('，')}
              </small>
            </li>
          ))}
        </ul>
      </aside>
    </div>
  )
}

const legend = (what: string) => (what === 'renamed' ? 'changed' : what)

function fieldWords(
  field: string,
  c: FlowChange,
  specs: ReturnType<typeof useWorld>['specs'],
  t: TFunction,
): string {
  const spec = c.node ? specs.of(c.kind ?? '') : undefined
  const label = say(spec?.fields.find((f) => f.name === field)?.label)
  return label || (t(`editor.flow_field.${field}` as never, { defaultValue: field }) as string)
}

/** A way out by what the trail calls it, in the words of the node that has it. */
function exitName(
  exit: string,
  c: FlowChange,
  a: FlowDoc,
  b: FlowDoc,
  specs: ReturnType<typeof useWorld>['specs'],
  t: TFunction,
): string {
  for (const node of [b.nodes[c.node], a.nodes[c.was || c.node]]) {
    const spec = node && specs.of(node.kind)
    const x = node && exitsOf(node, spec).find((e) => e.trail === exit)
    if (node && x) return exitWords(x, node, spec, t)
  }
  return exit
}

/** Brings a node into the view that both drawings share. */
function Focus(props: {
  node?: string
  stamp?: object
  doc?: FlowDoc
  other?: FlowDoc
  places: Map<string, [number, number]>
  onViewport: (v: Viewport) => void
}) {
  const flow = useReactFlow()
  const { node, doc, other, places, onViewport } = props
  // biome-ignore lint/correctness/useExhaustiveDependencies: the stamp says that the same node was chosen again
  useEffect(() => {
    if (!doc || !node) return
    const n = doc.nodes[node] ?? other?.nodes[node]
    const at = n?.at ?? places.get(node)
    const box = document.querySelector('.diff-canvases .flow-canvas')?.getBoundingClientRect()
    if (!at || !box) return
    const zoom = 0.7
    onViewport({
      x: box.width / 2 - (at[0] + 110) * zoom,
      y: box.height / 2 - (at[1] + 70) * zoom,
      zoom,
    })
  }, [node, doc, other, places, onViewport, props.stamp, flow])
  return null
}
