import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api'
import type { Problem } from '@/lib/types'
import { errorText } from '@/ui/page-state'
import { SourceEditor } from '../source-editor'
import type { FlowDoc } from './doc'
import { useDoc, useEditor } from './store'
import type { DraftSaver } from './use-draft'

const pause = 500 // ms without a key before a text is read

/** The flow as text. What is typed is drawn as soon as it can be read; what is drawn is written. */
export function TextPane(props: {
  draft: DraftSaver
  unread: boolean
  text?: string
  line?: number
  problems: Problem[]
  onUnread: (text: string | undefined, problems: Problem[]) => void
}) {
  const { t } = useTranslation()
  const store = useEditor()
  const doc = useDoc()
  const client = useQueryClient()
  const { draft, onUnread } = props
  const { textOf } = draft
  const [text, setText] = useState(props.text ?? draft.textOf(doc) ?? '')
  const [error, setError] = useState<string>()
  const own = useRef<FlowDoc>(props.text !== undefined ? doc : undefined)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const turn = useRef(0)

  useEffect(() => {
    if (own.current === doc) return
    const known = textOf(doc)
    if (known !== undefined) {
      own.current = doc
      setText(known)
      return
    }
    const mine = ++turn.current
    const later = setTimeout(async () => {
      try {
        const c = await client.fetchQuery({
          queryKey: ['flows', 'convert', mine],
          queryFn: () => api.post('/api/flows/convert', { body: { document: doc } }),
          gcTime: 0,
        })
        if (mine === turn.current) {
          own.current = doc
          setText(c.source)
          setError(undefined)
        }
      } catch (err) {
        if (mine === turn.current) setError(errorText(err, t))
      }
    }, 250)
    return () => clearTimeout(later)
  }, [doc, textOf, client, t])

  const read = async (written: string) => {
    const mine = ++turn.current
    try {
      const c = await api.post('/api/flows/convert', { body: { source: written } })
      if (mine !== turn.current) return
      setError(undefined)
      const fresh = c.document as FlowDoc | undefined
      if (!fresh || typeof fresh.nodes !== 'object') {
        onUnread(written, c.problems)
        return
      }
      draft.wrote(fresh, written)
      own.current = fresh
      onUnread(undefined, c.problems)
      store.change(fresh, 'text')
    } catch (err) {
      if (mine === turn.current) setError(errorText(err, t))
    }
  }
  const last = useRef({ read, text })
  last.current = { read, text }
  useEffect(
    () => () => {
      // What was typed last is read even if the pane is closed before its time.
      if (timer.current === undefined) return
      clearTimeout(timer.current)
      void last.current.read(last.current.text)
    },
    [],
  )
  return (
    <div className="text-pane">
      <SourceEditor
        label={t('flow.source')}
        value={text}
        problems={props.problems}
        line={props.line}
        onChange={
          store.readOnly
            ? undefined
            : (written) => {
                setText(written)
                turn.current++
                clearTimeout(timer.current)
                timer.current = setTimeout(() => {
                  timer.current = undefined
                  void last.current.read(written)
                }, pause)
              }
        }
      />
      <p className="text-note" role="status">
        {error ?? t(props.unread ? 'editor.text_unread' : 'editor.text_note')}
      </p>
    </div>
  )
}
