import {
  applyNodeChanges,
  Background,
  type Connection,
  ConnectionLineType,
  type Edge,
  MarkerType,
  MiniMap,
  type NodeChange,
  type OnReconnect,
  Panel,
  ReactFlow,
  type ReactFlowInstance,
  SelectionMode,
  useReactFlow,
  type Viewport,
} from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMode } from '@/app/theme'
import type { FlowDoc } from './doc'
import { type Counts, cards, type Line, lines, type Overlay } from './graph'
import { type CardNode, NodeCard } from './node-card'
import { type GroupKey, groupOf } from './spec'
import { useWorld } from './world'
import './canvas.css'

const nodeTypes = { card: NodeCard }
const many = 150 // nodes, past which only what is in view is drawn
const none = new Map<string, never>()
const nothing: Overlay = {}
const noNames: string[] = []

export interface CanvasProps {
  doc: FlowDoc
  /** Where nodes stand that the file gives no place. */
  places?: Map<string, [number, number]>
  problems?: Map<string, Counts>
  overlay?: Overlay
  selected?: string[]
  readOnly?: boolean
  label: string
  viewport?: Viewport
  onViewport?: (v: Viewport) => void
  onInit?: (flow: ReactFlowInstance<CardNode, Line>) => void
  onSelect?: (names: string[]) => void
  onMove?: (places: Map<string, [number, number]>, group?: string) => void
  onConnect?: (node: string, exit: string, target: string | undefined) => void
  onRemove?: (names: string[]) => void
  onDropKind?: (kind: string, at: [number, number]) => void
  onOpen?: (name: string) => void
  minimap?: boolean
  children?: ReactNode
}

/** The drawing of a flow. It holds where nodes are while they are dragged; all else comes from outside. */
export function FlowCanvas(props: CanvasProps) {
  const { t } = useTranslation()
  const mode = useMode()
  const { specs } = useWorld()
  const { doc, places, selected = noNames, overlay = nothing } = props
  const flow = useReactFlow<CardNode, Line>()
  const problems = props.problems ?? (none as Map<string, Counts>)
  const chosen = useMemo(() => new Set(selected), [selected])
  const [lineChosen, setLineChosen] = useState<Set<string>>(() => new Set())
  const [nodes, setNodes] = useState<CardNode[]>(() =>
    cards(doc, specs, problems, overlay, chosen, places, new Map()),
  )
  useEffect(() => {
    setNodes((old) =>
      cards(doc, specs, problems, overlay, chosen, places, new Map(old.map((n) => [n.id, n]))),
    )
  }, [doc, specs, problems, overlay, chosen, places])
  const shown = useRef(nodes)
  shown.current = nodes

  const drawn = useMemo(
    () =>
      lines(doc, specs, overlay, lineChosen, (from, to) =>
        t('editor.line', {
          from: doc.nodes[from]?.title || from,
          to: doc.nodes[to]?.title || to,
        }),
      ),
    [doc, specs, overlay, lineChosen, t],
  )

  const { onMove, onSelect, onConnect, onRemove, readOnly } = props
  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode>[]) => {
      const kept = changes.filter((c) => c.type !== 'remove')
      const next = applyNodeChanges(kept, shown.current)
      shown.current = next
      setNodes(next)
      if (kept.some((c) => c.type === 'select'))
        onSelect?.(next.filter((n) => n.selected).map((n) => n.id))
      const moved = new Map<string, [number, number]>()
      for (const c of kept) {
        if (c.type === 'position' && c.dragging === false && c.position)
          moved.set(c.id, [c.position.x, c.position.y])
      }
      if (moved.size > 0) onMove?.(moved, `move:${[...moved.keys()].join(' ')}`)
    },
    [onMove, onSelect],
  )
  const connectTo = useCallback(
    (c: Connection) => {
      if (c.source && c.sourceHandle && c.target) onConnect?.(c.source, c.sourceHandle, c.target)
    },
    [onConnect],
  )
  const landed = useRef(true)
  const onReconnect = useCallback<OnReconnect<Line>>(
    (old, c) => {
      landed.current = true
      if (old.source !== c.source || old.sourceHandle !== c.sourceHandle)
        onConnect?.(old.source, old.sourceHandle ?? '', undefined)
      connectTo(c)
    },
    [onConnect, connectTo],
  )
  const remove = useCallback(
    async ({ nodes: gone, edges }: { nodes: CardNode[]; edges: Line[] }) => {
      if (gone.length > 0) onRemove?.(gone.map((n) => n.id))
      else for (const e of edges) onConnect?.(e.source, e.sourceHandle ?? '', undefined)
      return false // the document says what is left
    },
    [onRemove, onConnect],
  )
  const words = useMemo(
    () => ({
      'node.a11yDescription.default': t('editor.access.node'),
      'node.a11yDescription.keyboardDisabled': t('editor.access.node_read'),
      'node.a11yDescription.ariaLiveMessage': ({ x, y }: { x: number; y: number }) =>
        t('editor.access.moved', { x: Math.round(x), y: Math.round(y) }),
      'edge.a11yDescription.default': t('editor.access.line'),
      'minimap.ariaLabel': t('editor.minimap'),
      'handle.ariaLabel': t('editor.access.handle'),
    }),
    [t],
  )
  const count = Object.keys(doc.nodes).length
  const large = count > many
  return (
    <ReactFlow<CardNode, Line>
      className="flow-canvas"
      aria-label={props.label}
      role="application"
      nodes={nodes}
      edges={drawn}
      nodeTypes={nodeTypes}
      defaultEdgeOptions={lineLook}
      defaultMarkerColor={mode === 'dark' ? '#718082' : '#8a969b'}
      colorMode={mode}
      connectionLineType={ConnectionLineType.Bezier}
      connectionRadius={36}
      onNodesChange={onNodesChange}
      onEdgesChange={(changes) =>
        setLineChosen((old) => {
          const next = new Set(old)
          for (const c of changes)
            if (c.type === 'select') {
              if (c.selected) next.add(c.id)
              else next.delete(c.id)
            }
          return next
        })
      }
      onConnect={connectTo}
      onConnectEnd={(e, state) => {
        // Let go over a node, not only at its connection point.
        if (state.isValid || state.fromHandle?.type !== 'source' || !state.fromHandle.id) return
        const at = 'changedTouches' in e ? e.changedTouches[0] : e
        const over = at && document.elementFromPoint(at.clientX, at.clientY)?.closest('.card')
        const name = over instanceof HTMLElement ? over.dataset.node : undefined
        if (name) onConnect?.(state.fromHandle.nodeId, state.fromHandle.id, name)
      }}
      onReconnectStart={() => {
        landed.current = false
      }}
      onReconnect={onReconnect}
      onReconnectEnd={(_, edge: Edge) => {
        if (!landed.current) onConnect?.(edge.source, edge.sourceHandle ?? '', undefined)
        landed.current = true
      }}
      onBeforeDelete={remove}
      deleteKeyCode={readOnly ? null : ['Delete', 'Backspace']}
      nodesDraggable={!readOnly}
      nodesConnectable={!readOnly}
      edgesReconnectable={!readOnly}
      onNodeDoubleClick={(_, n) => props.onOpen?.(n.id)}
      onlyRenderVisibleElements={large}
      snapToGrid
      snapGrid={grid}
      minZoom={0.05}
      maxZoom={1.75}
      panOnScroll
      selectionMode={SelectionMode.Partial}
      multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
      selectionKeyCode="Shift"
      viewport={props.viewport}
      onViewportChange={props.onViewport}
      onInit={props.onInit}
      attributionPosition="top-right"
      ariaLabelConfig={words}
      onDragOver={(e) => {
        if (e.dataTransfer.types.includes(dragType)) {
          e.preventDefault()
          e.dataTransfer.dropEffect = 'copy'
        }
      }}
      onDrop={(e) => {
        const kind = e.dataTransfer.getData(dragType)
        if (!kind || readOnly) return
        e.preventDefault()
        const p = flow.screenToFlowPosition({ x: e.clientX, y: e.clientY })
        props.onDropKind?.(kind, [Math.round(p.x - 110), Math.round(p.y - 24)])
      }}
    >
      <Background gap={20} size={1} />
      {props.minimap !== false && (
        <MiniMap<CardNode>
          pannable
          zoomable
          position="bottom-right"
          nodeColor={(n) => miniColors[groupOf(n.data.node.kind)]}
          nodeStrokeWidth={0}
          nodeBorderRadius={4}
        />
      )}
      {props.children && <Panel position="bottom-left">{props.children}</Panel>}
    </ReactFlow>
  )
}

export const dragType = 'application/x-switchdesk-node'
const grid: [number, number] = [10, 10]
const lineLook = {
  type: 'default',
  markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
  interactionWidth: 16,
}
const miniColors: Record<GroupKey, string> = {
  say: '#2a6fe8',
  decide: '#c26a00',
  people: '#1fa463',
  data: '#8a57e0',
  lead: '#8a969b',
}
