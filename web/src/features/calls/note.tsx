import { App, Button, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CallPage } from '@/lib/types'
import { useShowError } from '@/ui/side-sheet'
import { useSetNote } from './data'

/** The note of a call, kept with it. */
export function Note({ call }: { call: CallPage }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const [text, setText] = useState(call.note ?? '')
  const save = useSetNote(call.id)
  const changed = text !== (call.note ?? '')
  const keep = () =>
    save.mutate(text, {
      onSuccess: () => message.success(t('common.saved')),
      onError: (e) => showError(e),
    })
  return (
    <div className="note">
      <Input.TextArea
        value={text}
        onChange={(e) => setText(e.target.value)}
        onKeyDown={(e) => {
          if (e.key === 'Enter' && (e.ctrlKey || e.metaKey) && changed) keep()
        }}
        autoSize={{ minRows: 6, maxRows: 18 }}
        maxLength={8000}
        aria-label={t('call.note')}
        placeholder={t('call.note_hint')}
      />
      <div className="note-foot">
        <span className="faint">{changed ? t('call.note_unsaved') : ''}</span>
        <Button type="primary" disabled={!changed} loading={save.isPending} onClick={keep}>
          {t('common.save')}
        </Button>
      </div>
    </div>
  )
}
