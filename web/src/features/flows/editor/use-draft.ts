import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { ApiError, api } from '@/lib/api'
import type { FlowDraft, Problem } from '@/lib/types'
import type { FlowDoc } from './doc'
import type { EditorStore } from './store'

export type Saving = 'saved' | 'dirty' | 'saving' | 'failed' | 'conflict'

/** Somebody else's save that ours would have covered. */
export interface Theirs {
  revision: number
  saved_by?: string
  saved_at: string
}

export interface DraftState {
  saving: Saving
  revision: number
  base: number
  changed: boolean
  savedAt?: string
  problems: Problem[]
  theirs?: Theirs
  error?: unknown
}

/** What is to be saved: the document, or the text that it was read from (which keeps comments). */
type Work = { document: FlowDoc } | { source: string }

const pause = 700 // ms without a change before the draft is saved

/**
 * Saves the draft by itself, one save after the other. After a conflict it
 * stops until somebody has chosen.
 */
export function useDraft(id: number, store: EditorStore, loaded: FlowDraft) {
  const [state, setState] = useState<DraftState>(() => ({
    saving: 'saved',
    revision: loaded.revision,
    base: loaded.base,
    changed: loaded.changed,
    savedAt: loaded.revision > 0 ? loaded.saved_at : undefined,
    problems: loaded.problems,
  }))
  const now = useRef(state)
  const put = useCallback((next: Partial<DraftState>) => {
    now.current = { ...now.current, ...next }
    setState(now.current)
  }, [])
  const texts = useRef(new WeakMap<FlowDoc, string>())
  /** What the server holds; nothing of ours while that is a text that can't be read. */
  const saved = useRef<FlowDoc | undefined>(store.doc)
  const unread = useRef<string>(undefined) // a text that can't be read as a flow
  const unreadSaved = useRef<string>(undefined)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const running = useRef<Promise<void>>(undefined)

  const pending = useCallback(
    () =>
      unread.current !== undefined
        ? unread.current !== unreadSaved.current
        : store.doc !== saved.current,
    [store],
  )

  const save = useCallback(async (): Promise<void> => {
    clearTimeout(timer.current)
    while (running.current) await running.current
    if (!pending() || now.current.saving === 'conflict') return
    const doc = store.doc
    const text = unread.current ?? texts.current.get(doc)
    const work: Work = text !== undefined ? { source: text } : { document: doc }
    const wasUnread = unread.current
    put({ saving: 'saving' })
    running.current = (async () => {
      try {
        const answer = await api.put('/api/flows/{id}/draft', {
          path: { id },
          body: { revision: now.current.revision, ...work },
        })
        saved.current = wasUnread === undefined ? doc : undefined
        unreadSaved.current = wasUnread
        put({
          saving: 'saved',
          revision: answer.revision,
          base: answer.base,
          changed: answer.changed,
          savedAt: answer.saved_at,
          problems: answer.problems,
          error: undefined,
        })
      } catch (error) {
        const theirs = error instanceof ApiError ? (error.draft as Theirs | undefined) : undefined
        put(theirs ? { saving: 'conflict', theirs } : { saving: 'failed', error })
      }
    })()
    await running.current
    running.current = undefined
    if (pending() && now.current.saving === 'saved') {
      put({ saving: 'dirty' })
      timer.current = setTimeout(() => void save(), pause)
    }
  }, [id, store, put, pending])

  const touched = useCallback(() => {
    if (now.current.saving === 'conflict' || store.readOnly) return
    if (!pending()) {
      // Undone back to what is saved.
      if (now.current.saving === 'dirty') put({ saving: 'saved' })
      return
    }
    if (now.current.saving !== 'saving' && now.current.saving !== 'dirty') put({ saving: 'dirty' })
    clearTimeout(timer.current)
    timer.current = setTimeout(() => void save(), pause)
  }, [put, save, store, pending])

  useEffect(() => {
    const stop = store.subscribe(touched)
    const leave = (e: BeforeUnloadEvent) => {
      if (!store.readOnly && pending()) {
        void save()
        e.preventDefault()
      }
    }
    window.addEventListener('beforeunload', leave)
    return () => {
      stop()
      window.removeEventListener('beforeunload', leave)
      if (!store.readOnly) void save()
    }
  }, [store, touched, save, pending])

  const textOf = useCallback((doc: FlowDoc) => texts.current.get(doc), [])
  return useMemo(
    () => ({
      state,
      save,
      /** Says which text a document was read from. */
      wrote: (doc: FlowDoc, text: string) => texts.current.set(doc, text),
      textOf,
      /** Takes a text that can't be read as a flow, or takes it back. */
      keepUnread: (text: string | undefined) => {
        unread.current = text
        touched()
      },
      /** Covers what somebody else saved. */
      overwrite: () => {
        put({ saving: 'dirty', revision: now.current.theirs?.revision, theirs: undefined })
        void save()
      },
      /** A version was made of what is saved. */
      published: (draft: FlowDraft) => {
        if (now.current.saving === 'saved' && draft.revision === now.current.revision)
          put({ changed: draft.changed, base: draft.base, revision: draft.revision })
      },
      /** Takes a draft that was read anew. */
      take: (draft: FlowDraft, doc: FlowDoc | undefined) => {
        clearTimeout(timer.current)
        unread.current = undefined
        unreadSaved.current = undefined
        if (doc) {
          texts.current.set(doc, draft.source)
          saved.current = doc
          store.reset(doc)
        }
        put({
          saving: 'saved',
          revision: draft.revision,
          base: draft.base,
          changed: draft.changed,
          savedAt: draft.revision > 0 ? draft.saved_at : undefined,
          problems: draft.problems,
          theirs: undefined,
          error: undefined,
        })
      },
    }),
    [state, save, touched, put, store, textOf],
  )
}

export type DraftSaver = ReturnType<typeof useDraft>
