import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { ReactFlowProvider } from '@xyflow/react'
import { Skeleton } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '@/features/session/session'
import { api } from '@/lib/api'
import type { FlowPage as Flow, FlowDraft } from '@/lib/types'
import { Need } from '@/ui/need'
import { Failed, Loaded } from '@/ui/page-state'
import { useFlow, useFlowVersions, useReadDraft, useVersion } from '../data'
import { DiffView } from './diff-view'
import type { FlowDoc } from './doc'
import type { EditorSearch } from './search'
import { EditorProvider, EditorStore } from './store'
import { Workplace } from './workplace'
import { useReadWorld, useWorld, WorldProvider } from './world'
import './editor.css'

/** The flow editor: drawing, text, trial, versions and figures of one flow. */
export function FlowEditorPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  return (
    <Need right={['flows.read', 'flows.manage']}>
      <main className="flow-editor">
        <Opened key={id} id={Number(id)} />
      </main>
    </Need>
  )
}

function Opened({ id }: { id: number }) {
  const { spec, world } = useReadWorld()
  const flow = useFlow(id)
  if (spec.error && !world) return <Failed error={spec.error} retry={() => void spec.refetch()} />
  return (
    <Loaded query={flow} skeleton={<Loading />}>
      {(f) =>
        world ? (
          <WorldProvider value={world}>
            <Chosen flow={f} />
          </WorldProvider>
        ) : (
          <Loading />
        )
      }
    </Loaded>
  )
}

function Loading() {
  const { t } = useTranslation()
  return (
    <div className="editor-loading" aria-busy="true">
      <h1 className="visually-hidden">{t('section.flows')}</h1>
      <Skeleton active title={false} paragraph={{ rows: 9 }} />
    </div>
  )
}

/** What the address names: a comparison, a version, or the draft. */
function Chosen({ flow }: { flow: Flow }) {
  const search = useSearch({ strict: false }) as EditorSearch
  const can = useCan()
  const navigate = useNavigate()
  const versions = useFlowVersions(flow.id)
  const go = (next: EditorSearch) =>
    void navigate({
      to: '/settings/flows/$id',
      params: { id: String(flow.id) },
      search: next as never,
    })
  const manage = can('flows.manage')
  const version = search.version ?? (manage ? undefined : flow.active || flow.latest || undefined)
  if (search.from !== undefined && search.to !== undefined)
    return (
      <DiffView
        id={flow.id}
        from={search.from}
        to={search.to}
        versions={versions.data ?? []}
        hasDraft
        onChoose={(from, to) => go({ from, to })}
        onClose={() => go({ version: search.version })}
      />
    )
  if (version !== undefined) return <OneVersion key={version} flow={flow} n={version} go={go} />
  return <Draft flow={flow} go={go} readOnly={!manage} />
}

function Draft(p: { flow: Flow; go: (s: EditorSearch) => void; readOnly: boolean }) {
  const draft = useReadDraft(p.flow.id, true)
  return (
    <Loaded query={draft} skeleton={<Loading />}>
      {(d) => <Editing flow={p.flow} draft={d} go={p.go} readOnly={p.readOnly} />}
    </Loaded>
  )
}

function OneVersion(p: { flow: Flow; n: number; go: (s: EditorSearch) => void }) {
  const version = useVersion(p.flow.id, p.n)
  return (
    <Loaded query={version} skeleton={<Loading />}>
      {(v) => (
        <Editing
          flow={p.flow}
          version={p.n}
          draft={
            {
              revision: 0,
              base: p.n,
              changed: false,
              saved_at: '',
              problems: v.problems,
              source: v.source,
              document: v.document,
              file: v.page.version.file,
            } as FlowDraft
          }
          go={p.go}
          readOnly
        />
      )}
    </Loaded>
  )
}

const blank = (name: string): FlowDoc => ({ name, start: '', nodes: {} })

/** A draft's document; undefined if its text can't be read as a flow. */
export function documentOf(draft: FlowDraft, name: string): FlowDoc | undefined {
  const doc = draft.document as FlowDoc | undefined | null
  if (!doc || typeof doc !== 'object') return draft.source.trim() === '' ? blank(name) : undefined
  return doc.nodes && typeof doc.nodes === 'object' ? doc : { ...doc, nodes: {} }
}

function Editing(p: {
  flow: Flow
  draft: FlowDraft
  version?: number
  readOnly: boolean
  go: (s: EditorSearch) => void
}) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const { specs } = useWorld()
  const { draft, readOnly } = p
  // biome-ignore lint/correctness/useExhaustiveDependencies: one store for one opening; the draft saves itself from there
  const opened = useMemo(() => {
    const doc = documentOf(draft, p.flow.name)
    return {
      store: new EditorStore(doc ?? blank(p.flow.name), specs, readOnly),
      unread: doc ? undefined : draft.source,
    }
  }, [p.flow.id, p.version, readOnly])
  return (
    <EditorProvider value={opened.store}>
      <ReactFlowProvider>
        <Workplace
          key={`${p.flow.id} ${p.version ?? ''}`}
          flow={p.flow}
          loaded={draft}
          unread={opened.unread}
          version={p.version}
          go={p.go}
          readAgain={async () => {
            const fresh = await client.fetchQuery<FlowDraft>({
              queryKey: ['flows', p.flow.id, 'draft', 'again'],
              queryFn: () => api.get('/api/flows/{id}/draft', { path: { id: p.flow.id } }),
              staleTime: 0,
              gcTime: 0,
            })
            return { draft: fresh, doc: documentOf(fresh, p.flow.name) }
          }}
          label={t('editor.drawing')}
        />
      </ReactFlowProvider>
    </EditorProvider>
  )
}
