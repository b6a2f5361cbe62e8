import { createContext, useContext, useRef, useSyncExternalStore } from 'react'
import type { FlowDoc } from './doc'
import * as edit from './doc'
import { begin, change, type History, redo, undo } from './history'
import type { Specs } from './spec'

export interface EditorState {
  history: History<FlowDoc>
  selected: string[]
  /** The field of the selected node that a problem pointed at. */
  field?: string
  /** The node that the canvas should bring into view; a new object each time. */
  show?: { node: string }
}

/** What the editor edits: one flow document with its past, and what is selected. */
export class EditorStore {
  private state: EditorState
  private readonly listeners = new Set<() => void>()
  /** The next change belongs to the step before it. */
  private joins = false

  constructor(
    doc: FlowDoc,
    readonly specs: Specs,
    readonly readOnly: boolean,
  ) {
    this.state = { history: begin(doc), selected: [] }
  }

  subscribe = (fn: () => void) => {
    this.listeners.add(fn)
    return () => this.listeners.delete(fn)
  }
  get = () => this.state
  get doc() {
    return this.state.history.now
  }

  private set(next: Partial<EditorState>) {
    this.state = { ...this.state, ...next }
    for (const fn of this.listeners) fn()
  }

  /** Takes a changed document in as a step that can be undone. */
  change(next: FlowDoc, group?: string) {
    if (this.readOnly || next === this.doc) return
    this.set({ history: change(this.state.history, next, this.joins ? made : group) })
    this.joins = false
    this.forgetGone()
  }
  /** Takes what the server holds, with nothing to undo. */
  reset(doc: FlowDoc) {
    this.set({ history: begin(doc) })
    this.forgetGone()
  }
  undo() {
    if (this.readOnly) return
    this.set({ history: undo(this.state.history) })
    this.forgetGone()
  }
  redo() {
    if (this.readOnly) return
    this.set({ history: redo(this.state.history) })
    this.forgetGone()
  }

  select(names: string[], field?: string) {
    const { selected } = this.state
    if (
      field === undefined &&
      this.state.field === undefined &&
      names.length === selected.length &&
      names.every((n, i) => n === selected[i])
    )
      return
    this.set({ selected: names, field })
  }
  /** Selects a node and brings it into view. */
  reveal(node: string, field?: string) {
    if (!(node in this.doc.nodes)) return
    this.set({ selected: [node], field, show: { node } })
  }
  private forgetGone() {
    const left = this.state.selected.filter((n) => n in this.doc.nodes)
    if (left.length !== this.state.selected.length) this.set({ selected: left })
  }

  add(kind: string, at: [number, number], fields?: Record<string, unknown>): string {
    const { doc, name } = edit.addNode(this.doc, kind, this.specs.label(kind), at, fields)
    this.change(doc)
    this.set({ selected: [name], field: undefined, show: { node: name } })
    return name
  }
  /** Adds a node for a way that is led to it next; both are one step. */
  addQuietly(kind: string, at: [number, number]): string {
    const { doc, name } = edit.addNode(this.doc, kind, this.specs.label(kind), at)
    this.change(doc, made)
    this.joins = true
    return name
  }
  remove(names: string[]) {
    const here = names.filter((n) => n in this.doc.nodes)
    if (here.length > 0) this.change(edit.removeNodes(this.doc, here, this.specs))
  }
  setField(node: string, field: string, value: unknown) {
    this.change(edit.setField(this.doc, node, field, value), `field:${node}:${field}`)
  }
  connect(node: string, exit: string, target: string | undefined) {
    this.change(edit.connect(this.doc, node, exit, target))
  }
  rename(from: string, to: string) {
    this.change(edit.rename(this.doc, from, to, this.specs))
    if (to in this.doc.nodes)
      this.set({ selected: this.state.selected.map((n) => (n === from ? to : n)) })
  }
  move(places: Map<string, [number, number]>, group?: string) {
    this.change(edit.moveNodes(this.doc, places), group)
  }
  paste(fragment: edit.Fragment, shift?: [number, number]) {
    const { doc, names } = edit.pasteNodes(this.doc, fragment, this.specs, shift)
    this.change(doc)
    this.set({ selected: names, field: undefined })
  }
}

const made = 'made'
const Context = createContext<EditorStore | undefined>(undefined)
export const EditorProvider = Context.Provider

export function useEditor(): EditorStore {
  const store = useContext(Context)
  if (!store) throw new Error('only inside the flow editor')
  return store
}

/** A part of the editor's state; the reader is drawn again when that part is another. */
export function useEditorState<T>(pick: (s: EditorState) => T): T {
  const store = useEditor()
  const last = useRef<{ state: EditorState; value: T } | undefined>(undefined)
  return useSyncExternalStore(store.subscribe, () => {
    const state = store.get()
    if (last.current?.state === state) return last.current.value
    const value = pick(state)
    last.current = { state, value }
    return value
  })
}

export const useDoc = () => useEditorState((s) => s.history.now)
