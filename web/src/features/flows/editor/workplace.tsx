import { useNavigate } from '@tanstack/react-router'
import type { ReactFlowInstance } from '@xyflow/react'
import { App, Button, Input, Modal } from 'antd'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '@/features/session/session'
import { ApiError } from '@/lib/api'
import type { FlowPage as Flow, FlowDraft, FlowTried, Problem } from '@/lib/types'
import { When } from '@/ui/bits'
import { useShowError } from '@/ui/side-sheet'
import { useDropDraft, useFigures, useRemoveFlow, useRenameFlow } from '../data'
import { UploadSheet } from '../upload-sheet'
import { ActivateDialog } from './activate-dialog'
import { copyNodes, exitsOf, type FlowDoc, readFragment } from './doc'
import { EditorCanvas, overview, placeFor } from './editor-canvas'
import { daysOf, figureMarks, type SpanName } from './figures'
import type { Line, Overlay } from './graph'
import { Inspector } from './inspector'
import { arrange } from './layout'
import type { CardNode } from './node-card'
import { NodePalette } from './node-palette'
import { countByNode, fieldOf, ProblemList } from './problem-list'
import type { EditorSearch } from './search'
import { useEditor } from './store'
import { TextPane } from './text-pane'
import { type Side, Toolbar, type View } from './toolbar'
import { pathOf, TryPanel } from './try-panel'
import { type DraftSaver, useDraft } from './use-draft'
import { VersionsPanel } from './versions-panel'
import { useWorld } from './world'

const nothing: Overlay = {}

interface WorkplaceProps {
  flow: Flow
  loaded: FlowDraft
  /** The draft's text, if it can't be read as a flow. */
  unread?: string
  version?: number
  label: string
  go: (s: EditorSearch) => void
  readAgain: () => Promise<{ draft: FlowDraft; doc: FlowDoc | undefined }>
}

/** Everything around the drawing of one flow, and what ties it together. */
export function Workplace(p: WorkplaceProps) {
  const { t } = useTranslation()
  const store = useEditor()
  const can = useCan()
  const { specs } = useWorld()
  const draft = useDraft(p.flow.id, store, p.loaded)
  const first = useRef(true)
  if (first.current) {
    first.current = false
    if (p.unread === undefined) draft.wrote(store.doc, p.loaded.source)
  }
  const [view, setView] = useState<View>(p.unread === undefined ? 'draw' : 'text')
  const [side, setSide] = useState<Side>('form')
  const [span, setSpan] = useState<SpanName>()
  const [unread, setUnread] = useState(p.unread)
  const [typed, setTyped] = useState<Problem[]>() // of a text that can't be read
  const [line, setLine] = useState<number>()
  const [tried, setTried] = useState<FlowTried>()
  const [searching, setSearching] = useState(false)
  const [asking, setAsking] = useState<'keep' | 'activate' | { version: number }>()
  const [uploading, setUploading] = useState(false)
  const [naming, setNaming] = useState(false)
  const [refused, setRefused] = useState<Problem[]>()
  const canvas = useRef<ReactFlowInstance<CardNode, Line>>(undefined)
  const problems = (unread !== undefined ? typed : undefined) ?? refused ?? draft.state.problems
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new answer replaces what the last refusal said
  useEffect(() => setRefused(undefined), [draft.state.problems])
  const counts = useMemo(() => countByNode(problems), [problems])
  const shown = p.version ?? p.flow.active ?? undefined
  const openCalls = useOpenCalls(p.flow.id, shown, span ?? 'today')
  const range = useMemo(() => daysOf(span ?? 'today'), [span])
  const figures = useFigures(p.flow.id, shown || undefined, range, span !== undefined)
  const overlay = useMemo<Overlay>(() => {
    if (tried) return pathOf(tried)
    if (span !== undefined)
      return figureMarks(figures.data, Object.keys(store.doc.nodes), openCalls)
    return nothing
  }, [tried, span, figures.data, openCalls, store])

  const toForm = useCallback(() => {
    setSide('form')
    requestAnimationFrame(() =>
      document
        .querySelector<HTMLElement>('.inspector input:not([disabled]), .inspector textarea')
        ?.focus(),
    )
  }, [])
  useKeys({ draft, onSearch: () => setSearching(true) })
  const jump = (problem: Problem) => {
    if (problem.node && problem.node in store.doc.nodes && view !== 'text') {
      setSide('form')
      store.reveal(problem.node, fieldOf(problem) || 'name')
    }
    if (view !== 'draw' && problem.line > 0) {
      setLine(undefined)
      requestAnimationFrame(() => setLine(problem.line))
    } else if (!problem.node) {
      store.select([])
      setSide('form')
    }
  }
  const add = (kind: string) => {
    if (store.readOnly || unread !== undefined) return
    const [one, more] = store.get().selected
    const node = one !== undefined && more === undefined ? store.doc.nodes[one] : undefined
    const next =
      node && exitsOf(node, specs.of(node.kind)).find((x) => x.key === 'next' && !x.target)
    const at = placeFor(store, canvas.current)
    if (one !== undefined && next) {
      const name = store.addQuietly(kind, at)
      store.connect(one, next.id, name)
      store.reveal(name)
    } else store.add(kind, at)
  }
  const layout = async () => {
    store.move(await arrange(store.doc, specs))
    requestAnimationFrame(() => {
      if (canvas.current) overview(canvas.current, store.doc.start)
    })
  }
  const ask = async (what: 'keep' | 'activate') => {
    await draft.save()
    setAsking(what)
  }
  const menu = useMenu({
    flow: p.flow,
    version: p.version,
    manage: can('flows.manage'),
    draft,
    onUpload: () => setUploading(true),
    onRename: () => setNaming(true),
    readAgain: p.readAgain,
    onTaken: () => {
      setUnread(undefined)
      setTyped(undefined)
    },
  })
  const dialog = asking && dialogOf(asking, draft, p.flow)
  return (
    <>
      <Toolbar
        flow={p.flow}
        version={p.version}
        state={draft.state}
        view={view}
        side={side}
        figures={span}
        canFigures={Boolean(shown)}
        mayManage={can('flows.manage')}
        menu={menu}
        onView={setView}
        onSide={setSide}
        onFigures={setSpan}
        onLayout={() => void layout()}
        onSave={() => void ask('keep')}
        onRetry={() => void draft.save()}
        onActivate={() =>
          p.version === undefined ? void ask('activate') : setAsking({ version: p.version })
        }
        onBackToDraft={() => p.go({})}
      />
      <div className={`editor-body view-${view}`}>
        {!store.readOnly && view !== 'text' && <NodePalette onAdd={add} />}
        <div className="editor-center">
          <div className="editor-views">
            {view !== 'text' &&
              (unread === undefined ? (
                <EditorCanvas
                  problems={counts}
                  overlay={overlay}
                  searching={searching}
                  onSearching={setSearching}
                  onOpen={toForm}
                  onReady={(f) => {
                    canvas.current = f
                  }}
                />
              ) : (
                <div className="canvas-frame canvas-empty">
                  <h2>{t('editor.unread_title')}</h2>
                  <p>{t('editor.text_unread')}</p>
                  {view === 'draw' && (
                    <Button onClick={() => setView('both')}>{t('editor.open_text')}</Button>
                  )}
                </div>
              ))}
            {view !== 'draw' && (
              <TextPane
                draft={draft}
                unread={unread !== undefined}
                text={unread}
                line={line}
                problems={problems}
                onUnread={(text, list) => {
                  setUnread(text)
                  setTyped(text === undefined ? undefined : list)
                  draft.keepUnread(text)
                }}
              />
            )}
          </div>
          <ProblemList problems={problems} fresh={draft.state.saving === 'saved'} onJump={jump} />
        </div>
        {side === 'form' && view !== 'text' && unread === undefined && (
          <aside className="inspector" aria-label={t('editor.form')}>
            <Inspector problems={problems} onCopy={() => copySelected(store)} />
          </aside>
        )}
        {side === 'try' && <TryPanel onTried={setTried} onClose={() => setSide('form')} />}
        {side === 'versions' && (
          <VersionsPanel
            flow={p.flow}
            shown={p.version}
            hasDraft={draft.state.changed}
            mayManage={can('flows.manage')}
            onShow={(version) => p.go({ version })}
            onCompare={(from, to) => {
              void draft.save().then(() => p.go({ version: p.version, from, to }))
            }}
            onActivate={(version) => setAsking({ version })}
            onClose={() => setSide('form')}
          />
        )}
      </div>
      {dialog && (
        <ActivateDialog
          key={JSON.stringify(asking)}
          id={p.flow.id}
          of={dialog}
          keepOnly={asking === 'keep'}
          onRefused={(list) => {
            setRefused(list)
            if (view === 'text') setView('both')
          }}
          onDone={() => {
            setAsking(undefined)
            if (p.version === undefined) void p.readAgain().then((r) => draft.published(r.draft))
          }}
          onClose={() => setAsking(undefined)}
        />
      )}
      {draft.state.theirs && (
        <Conflict draft={draft} readAgain={p.readAgain} onTaken={() => setUnread(undefined)} />
      )}
      <UploadSheet
        open={uploading}
        flow={p.flow}
        source={draft.textOf(store.doc) ?? p.loaded.source}
        onClose={() => setUploading(false)}
        onUploaded={(u) => p.go({ version: u.number })}
      />
      {naming && <Rename flow={p.flow} onClose={() => setNaming(false)} />}
      <UnusedHint flow={p.flow} />
    </>
  )
}

/** Who reads out the screen hears which numbers the flow serves. */
function UnusedHint({ flow }: { flow: Flow }) {
  const { t } = useTranslation()
  return (
    <p className="visually-hidden">
      {flow.numbers.length > 0
        ? t('flow.used_by', { numbers: flow.numbers.join('、') })
        : t('flow.unused')}
    </p>
  )
}

function dialogOf(
  asking: 'keep' | 'activate' | { version: number },
  draft: DraftSaver,
  flow: Flow,
): { version: number } | { revision: number } | undefined {
  if (typeof asking === 'object') return asking
  const { revision, changed, saving } = draft.state
  if (saving === 'conflict' || saving === 'failed') return undefined
  // A draft that is the newest version already needs no new one.
  if (!changed && flow.latest > 0) return { version: flow.latest }
  return { revision }
}

function copySelected(store: ReturnType<typeof useEditor>) {
  const text = JSON.stringify(copyNodes(store.doc, store.get().selected))
  lastCopied = text
  void navigator.clipboard?.writeText(text).catch(() => {
    // Without leave of the browser the copy can still be put in on this page.
  })
}
let lastCopied = ''

const editable = (el: EventTarget | null) =>
  el instanceof HTMLElement &&
  (el.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(el.tagName))

/** Keys of the editor; what is typed into a field stays there. */
function useKeys({ draft, onSearch }: { draft: DraftSaver; onSearch: () => void }) {
  const store = useEditor()
  const { t } = useTranslation()
  const { message } = App.useApp()
  const now = useRef({ draft, onSearch })
  now.current = { draft, onSearch }
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      const ctrl = e.ctrlKey || e.metaKey
      const k = e.key.toLowerCase()
      if (ctrl && k === 's') {
        e.preventDefault()
        void now.current.draft.save()
        return
      }
      if (ctrl && k === 'f' && !(e.target instanceof HTMLTextAreaElement)) {
        e.preventDefault()
        now.current.onSearch()
        return
      }
      if (editable(e.target)) return
      if (ctrl && k === 'z') {
        e.preventDefault()
        if (e.shiftKey) store.redo()
        else store.undo()
      } else if (ctrl && k === 'y') {
        e.preventDefault()
        store.redo()
      } else if (ctrl && k === 'a') {
        e.preventDefault()
        store.select(Object.keys(store.doc.nodes))
      } else if (e.key === 'Escape' && !document.querySelector('.ant-modal-wrap, .ant-drawer-open'))
        store.select([])
    }
    const copy = (e: ClipboardEvent) => {
      if (editable(e.target) || store.get().selected.length === 0) return
      const marked = window.getSelection()
      // Text that somebody marked elsewhere on the page is copied as text.
      if (
        String(marked ?? '') !== '' &&
        !marked?.anchorNode?.parentElement?.closest('.flow-canvas, .node-palette')
      )
        return
      const text = JSON.stringify(copyNodes(store.doc, store.get().selected))
      lastCopied = text
      e.clipboardData?.setData('text/plain', text)
      e.preventDefault()
      if (e.type === 'cut') store.remove(store.get().selected)
    }
    const paste = (e: ClipboardEvent) => {
      if (editable(e.target) || store.readOnly) return
      const fragment = readFragment(e.clipboardData?.getData('text/plain') || lastCopied)
      if (!fragment) return
      e.preventDefault()
      store.paste(fragment)
      message.success(t('editor.pasted', { n: Object.keys(fragment.nodes).length }))
    }
    window.addEventListener('keydown', key)
    window.addEventListener('copy', copy)
    window.addEventListener('cut', copy)
    window.addEventListener('paste', paste)
    return () => {
      window.removeEventListener('keydown', key)
      window.removeEventListener('copy', copy)
      window.removeEventListener('cut', copy)
      window.removeEventListener('paste', paste)
    }
  }, [store, message, t])
}

/** Opens the calls that stand behind a figure. */
function useOpenCalls(flow: number, version: number | undefined, span: SpanName) {
  const navigate = useNavigate()
  return useCallback(
    (node: string, exit: string) =>
      void navigate({
        to: '/records',
        search: { range: span, flow, version, node, exit },
      }),
    [navigate, flow, version, span],
  )
}

function useMenu(p: {
  flow: Flow
  version?: number
  manage: boolean
  draft: DraftSaver
  onUpload: () => void
  onRename: () => void
  readAgain: WorkplaceProps['readAgain']
  onTaken: () => void
}) {
  const { t } = useTranslation()
  const { modal, message } = App.useApp()
  const showError = useShowError()
  const navigate = useNavigate()
  const remove = useRemoveFlow(p.flow.id)
  const drop = useDropDraft(p.flow.id)
  const base =
    p.version === undefined
      ? `/api/flows/${p.flow.id}/draft/source`
      : `/api/flows/${p.flow.id}/versions/${p.version}/source`
  const link = (format: 'yaml' | 'json') => ({
    key: format,
    label: (
      <a href={`${base}?format=${format}`} download onClick={() => void p.draft.save()}>
        {t(`editor.download.${format}`)}
      </a>
    ),
  })
  return [
    link('yaml'),
    link('json'),
    ...(p.manage
      ? [
          { key: 'upload', label: t('flow.new_version'), onClick: p.onUpload },
          { key: 'rename', label: t('editor.rename_flow'), onClick: p.onRename },
          { type: 'divider' as const },
          ...(p.version === undefined && p.flow.latest > 0
            ? [
                {
                  key: 'drop',
                  label: t('editor.drop_draft'),
                  disabled: p.draft.state.revision === 0,
                  onClick: () =>
                    modal.confirm({
                      title: t('editor.drop_draft'),
                      content: t('editor.drop_text', { n: p.flow.latest }),
                      okText: t('editor.drop_draft'),
                      okButtonProps: { danger: true },
                      cancelText: t('common.cancel'),
                      onOk: async () => {
                        try {
                          await p.draft.save()
                          await drop.mutateAsync()
                          const { draft, doc } = await p.readAgain()
                          p.draft.take(draft, doc)
                          p.onTaken()
                        } catch (err) {
                          showError(err)
                        }
                      },
                    }),
                },
              ]
            : []),
          {
            key: 'remove',
            danger: true,
            label: t('editor.remove_flow'),
            onClick: () =>
              modal.confirm({
                title: t('common.remove_title', { name: p.flow.name }),
                content: t('editor.remove_text'),
                okText: t('common.remove'),
                okButtonProps: { danger: true },
                cancelText: t('common.cancel'),
                onOk: async () => {
                  try {
                    await remove.mutateAsync()
                    message.success(t('common.removed'))
                    void navigate({ to: '/settings/flows' })
                  } catch (err) {
                    if (err instanceof ApiError && err.uses.length > 0)
                      message.error(
                        t('editor.used', { names: err.uses.map((u) => u.name).join('、') }),
                      )
                    else showError(err)
                  }
                },
              }),
          },
        ]
      : []),
  ]
}

/** Somebody else saved meanwhile: who, when, and whose work stays. */
function Conflict(p: {
  draft: DraftSaver
  readAgain: WorkplaceProps['readAgain']
  onTaken: () => void
}) {
  const { t } = useTranslation()
  const showError = useShowError()
  const { theirs } = p.draft.state
  if (!theirs) return null
  return (
    <Modal
      open
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      title={t('editor.conflict', { who: theirs.saved_by || t('editor.somebody') })}
      footer={[
        <Button
          key="theirs"
          onClick={() =>
            p
              .readAgain()
              .then(({ draft, doc }) => {
                p.draft.take(draft, doc)
                p.onTaken()
              })
              .catch(showError)
          }
        >
          {t('editor.take_theirs')}
        </Button>,
        <Button key="mine" type="primary" danger onClick={() => p.draft.overwrite()}>
          {t('editor.keep_mine')}
        </Button>,
      ]}
    >
      <p>
        {t('editor.conflict_text')} <When at={theirs.saved_at} />
      </p>
    </Modal>
  )
}

function Rename({ flow, onClose }: { flow: Flow; onClose: () => void }) {
  const { t } = useTranslation()
  const showError = useShowError()
  const rename = useRenameFlow(flow.id)
  const [name, setName] = useState(flow.name)
  const go = () =>
    rename.mutate(name.trim(), { onSuccess: onClose, onError: (err) => showError(err) })
  return (
    <Modal
      open
      title={t('editor.rename_flow')}
      okText={t('common.save')}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: name.trim() === '', loading: rename.isPending }}
      onOk={go}
      onCancel={onClose}
      width={420}
    >
      <Input
        aria-label={t('flow.name')}
        value={name}
        maxLength={100}
        autoFocus
        onChange={(e) => setName(e.target.value)}
        onPressEnter={go}
      />
    </Modal>
  )
}
