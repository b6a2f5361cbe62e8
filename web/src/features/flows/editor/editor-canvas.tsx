import { BorderOuterOutlined, MinusOutlined, PlusOutlined, SearchOutlined } from '@ant-design/icons'
import { type ReactFlowInstance, useReactFlow, useStore } from '@xyflow/react'
import { Select, Tooltip } from 'antd'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FlowCanvas } from './canvas'
import { exitsOf } from './doc'
import type { Counts, Line, Overlay } from './graph'
import { arrange, box, heightOf } from './layout'
import type { CardNode } from './node-card'
import { useDoc, useEditor, useEditorState } from './store'
import { summaryOf } from './words'
import { useWorld } from './world'

/** The drawing of the flow that is being edited. */
export function EditorCanvas(props: {
  problems: Map<string, Counts>
  overlay: Overlay
  searching: boolean
  onSearching: (on: boolean) => void
  onOpen: () => void
  onReady: (flow: ReactFlowInstance<CardNode, Line>) => void
}) {
  const { t } = useTranslation()
  const store = useEditor()
  const { specs } = useWorld()
  const doc = useDoc()
  const selected = useEditorState((s) => s.selected)
  const show = useEditorState((s) => s.show)
  const flow = useReactFlow<CardNode, Line>()
  const [places, setPlaces] = useState<Map<string, [number, number]>>()
  const frame = useRef<HTMLDivElement>(null)
  const ready = useRef(false)

  useEffect(() => {
    const lost = Object.entries(doc.nodes).some(
      ([name, n]) => !Array.isArray(n.at) && !places?.has(name),
    )
    if (!lost) {
      if (!places) setPlaces(new Map())
      return
    }
    let gone = false
    void arrange(doc, specs).then((p) => {
      if (!gone) setPlaces(p)
    })
    return () => {
      gone = true
    }
  }, [doc, specs, places])

  useEffect(() => {
    if (!show) return
    const at = store.doc.nodes[show.node]?.at ?? places?.get(show.node)
    const size = frame.current?.getBoundingClientRect()
    if (!at || !size) return
    const { x, y, zoom } = flow.getViewport()
    const left = at[0] * zoom + x
    const top = at[1] * zoom + y
    const inView =
      left > 20 &&
      top > 40 &&
      left + box.width * zoom < size.width - 20 &&
      top + 150 * zoom < size.height - 20
    if (!inView || zoom < 0.45)
      void flow.setCenter(at[0] + box.width / 2, at[1] + 70, {
        zoom: Math.max(zoom, 0.8),
        duration: 160,
      })
  }, [show, flow, store, places])

  const begin = (instance: ReactFlowInstance<CardNode, Line>) => {
    props.onReady(instance)
    if (ready.current) return
    ready.current = true
    overview(instance, store.doc.start)
  }
  if (!places) return <div className="canvas-frame" aria-busy="true" />
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Enter on a node inside opens its form
    <div
      className="canvas-frame"
      ref={frame}
      onKeyDown={(e) => {
        if (e.key !== 'Enter' || !(e.target instanceof HTMLElement)) return
        const id = e.target.classList.contains('react-flow__node') && e.target.dataset.id
        if (!id) return
        e.preventDefault()
        store.select([id])
        props.onOpen()
      }}
    >
      <FlowCanvas
        doc={doc}
        places={places}
        problems={props.problems}
        overlay={props.overlay}
        selected={selected}
        readOnly={store.readOnly}
        label={t('editor.drawing')}
        onInit={begin}
        onSelect={(names) => store.select(names)}
        onMove={(p, group) => store.move(p, group)}
        onConnect={(n, x, to) => store.connect(n, x, to)}
        onRemove={(names) => store.remove(names)}
        onDropKind={(kind, at) => store.add(kind, at)}
        onOpen={props.onOpen}
      >
        <CanvasTools onSearch={() => props.onSearching(true)} />
      </FlowCanvas>
      {Object.keys(doc.nodes).length === 0 && (
        <div className="canvas-empty">
          <h2>{t('editor.empty')}</h2>
          <p>{t('editor.empty_text')}</p>
        </div>
      )}
      {props.searching && <NodeSearch onClose={() => props.onSearching(false)} />}
    </div>
  )
}

const readable = 0.75 // least zoom at which a flow opens
const edge = 36 // pixels between the drawing and its frame

/** Shows all of a flow that fits at a size that can be read; of a larger one where it begins. */
export function overview(flow: ReactFlowInstance<CardNode, Line>, start: string | undefined) {
  const frame = document.querySelector('.canvas-frame')?.getBoundingClientRect()
  const nodes = flow.getNodes()
  if (!frame || nodes.length === 0) return
  const all = flow.getNodesBounds(nodes)
  const fits = Math.min(
    (frame.width - 2 * edge) / all.width,
    (frame.height - 2 * edge) / all.height,
  )
  const zoom = Math.min(1, Math.max(readable, fits))
  const first = start !== undefined ? nodes.find((n) => n.id === start) : undefined
  const begin = first ? flow.getNodesBounds([first]) : all
  /** Where the drawing's edge comes to stand along one side. */
  const along = (room: number, from: number, size: number, at: number, middle: boolean) => {
    if (size * zoom <= room - 2 * edge) return (room - size * zoom) / 2 - from * zoom
    if (!middle) return edge - at * zoom
    // The start in the middle, but no empty room where the drawing ends.
    const most = edge - from * zoom
    return Math.max(room - edge - (from + size) * zoom, Math.min(most, room / 2 - at * zoom))
  }
  void flow.setViewport({
    x: along(frame.width, all.x, all.width, begin.x, false),
    y: along(frame.height, all.y, all.height, begin.y + begin.height / 2, true),
    zoom,
  })
}

function CanvasTools({ onSearch }: { onSearch: () => void }) {
  const { t } = useTranslation()
  const flow = useReactFlow()
  const zoom = useStore((s) => Math.round(s.transform[2] * 100))
  return (
    <div className="canvas-tools">
      <Tooltip title={t('editor.zoom_out')}>
        <button
          type="button"
          className="icon-button"
          aria-label={t('editor.zoom_out')}
          onClick={() => void flow.zoomOut({ duration: 120 })}
        >
          <MinusOutlined />
        </button>
      </Tooltip>
      <button
        type="button"
        className="zoom tabular"
        aria-label={t('editor.zoom_now', { n: zoom })}
        onClick={() => void flow.zoomTo(1, { duration: 120 })}
      >
        {zoom}%
      </button>
      <Tooltip title={t('editor.zoom_in')}>
        <button
          type="button"
          className="icon-button"
          aria-label={t('editor.zoom_in')}
          onClick={() => void flow.zoomIn({ duration: 120 })}
        >
          <PlusOutlined />
        </button>
      </Tooltip>
      <Tooltip title={t('editor.fit')}>
        <button
          type="button"
          className="icon-button"
          aria-label={t('editor.fit')}
          onClick={() => void flow.fitView({ padding: 0.1, duration: 160 })}
        >
          <BorderOuterOutlined />
        </button>
      </Tooltip>
      <Tooltip title={`${t('editor.find_node')} · Ctrl F`}>
        <button
          type="button"
          className="icon-button"
          aria-label={t('editor.find_node')}
          onClick={onSearch}
        >
          <SearchOutlined />
        </button>
      </Tooltip>
    </div>
  )
}

function NodeSearch({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const store = useEditor()
  const doc = useDoc()
  const { specs, words } = useWorld()
  const options = useMemo(
    () =>
      Object.entries(doc.nodes).map(([name, n]) => ({
        value: name,
        label: (
          <span className="prompt-option">
            <strong>{n.title || name}</strong>
            <small>{specs.label(n.kind)}</small>
          </span>
        ),
        text: [name, n.title, specs.label(n.kind), summaryOf(n, specs.of(n.kind), words, t)].join(
          ' ',
        ),
      })),
    [doc, specs, words, t],
  )
  return (
    <div className="node-search">
      <Select
        autoFocus
        defaultOpen
        value={null}
        aria-label={t('editor.find_node')}
        placeholder={t('editor.find_node')}
        showSearch={{ optionFilterProp: 'text' }}
        options={options}
        onSelect={(name: unknown) => {
          store.reveal(String(name))
          onClose()
        }}
        onBlur={onClose}
        onKeyDown={(e) => {
          if (e.key === 'Escape') onClose()
        }}
      />
    </div>
  )
}

/** A free place for a new node: right of the selected one, else in the middle of the view. */
export function placeFor(
  store: ReturnType<typeof useEditor>,
  flow: ReactFlowInstance<CardNode, Line> | undefined,
): [number, number] {
  const doc = store.doc
  const [one, more] = store.get().selected
  const beside = one !== undefined && more === undefined ? flow?.getNode(one) : undefined
  let at: [number, number] = [0, 0]
  if (beside) at = [beside.position.x + box.width + 90, beside.position.y]
  else {
    const size = document.querySelector('.canvas-frame')?.getBoundingClientRect()
    if (flow && size) {
      const p = flow.screenToFlowPosition({
        x: size.left + size.width / 2,
        y: size.top + size.height / 2,
      })
      at = [p.x - box.width / 2, p.y - 60]
    }
  }
  const nodes = flow?.getNodes() ?? []
  const high = (name: string) => {
    const n = doc.nodes[name]
    return n ? heightOf(exitsOf(n, store.specs.of(n.kind)).length, true) : 120
  }
  for (let i = 0; i < 200; i++) {
    const hit = nodes.find(
      (n) =>
        Math.abs(n.position.x - at[0]) < box.width + 20 &&
        at[1] < n.position.y + high(n.id) + 20 &&
        at[1] + 150 > n.position.y,
    )
    if (!hit) break
    at = [at[0], hit.position.y + high(hit.id) + 30]
  }
  return [Math.round(at[0] / 10) * 10, Math.round(at[1] / 10) * 10]
}
