import { App, Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { fullTime } from '@/lib/time'
import { Loaded } from '@/ui/page-state'
import { useShowError } from '@/ui/side-sheet'
import { useDeed, useWork } from './data'

/** The notes of a call, who wrote them and when, and a place for the next one. */
export function Notes({ id }: { id: string }) {
  const { t } = useTranslation()
  return (
    <div className="notes">
      <NewNote id={id} />
      <Loaded query={useWork(id)}>
        {(work) =>
          work.notes.length === 0 ? (
            <p className="faint">{t('call.no_notes')}</p>
          ) : (
            <ul>
              {[...work.notes].reverse().map((n) => (
                <li key={`${n.at} ${n.text}`}>
                  <p>{n.text}</p>
                  <small className="faint">
                    {n.by} · <time className="tabular">{fullTime(n.at)}</time>
                  </small>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  )
}

/** A field for one note; onDone follows once it is kept. */
export function NewNote({ id, onDone }: { id: string; onDone?: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const [text, setText] = useState('')
  const deed = useDeed(id)
  const keep = () =>
    text.trim() &&
    deed.mutate(
      { do: 'note', text },
      {
        onSuccess: () => {
          setText('')
          message.success(t('common.saved'))
          onDone?.()
        },
        onError: (e) => showError(e),
      },
    )
  return (
    <div className="note">
      <Input.TextArea
        value={text}
        autoFocus={Boolean(onDone)}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) keep()
        }}
        autoSize={{ minRows: 3, maxRows: 12 }}
        maxLength={2000}
        aria-label={t('call.note')}
        placeholder={t('call.note_hint')}
      />
      <div className="note-foot">
        <span className="faint">{text.trim() ? t('call.note_unsaved') : ''}</span>
        <Button type="primary" disabled={!text.trim()} loading={deed.isPending} onClick={keep}>
          {t('call.note_add')}
        </Button>
      </div>
    </div>
  )
}
