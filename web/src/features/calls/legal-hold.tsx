import { LockFilled, LockOutlined } from '@ant-design/icons'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App, Button, Input, Popover } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '@/features/session/session'
import { api } from '@/lib/api'
import type { CallView } from '@/lib/types'
import { Tag } from '@/ui/bits'
import { useShowError } from '@/ui/side-sheet'

/** Keeps a call whatever the retention rules say (法律保留), or no longer; the reason goes to the audit log. */
export function LegalHold({ call }: { call: CallView }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const held = call.held ?? false
  if (!useCan()('calls.hold')) return held ? <Tag tone="info">{t('call.hold.is')}</Tag> : null
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      title={t(held ? 'call.hold.release' : 'call.hold.put')}
      content={<HoldForm call={call} onDone={() => setOpen(false)} />}
    >
      <Button
        icon={held ? <LockFilled /> : <LockOutlined />}
        aria-expanded={open}
        aria-label={t(held ? 'call.hold.is' : 'call.hold.put')}
      >
        {t(held ? 'call.hold.is' : 'call.hold.put')}
      </Button>
    </Popover>
  )
}

function HoldForm({ call, onDone }: { call: CallView; onDone: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const client = useQueryClient()
  const [reason, setReason] = useState('')
  const held = call.held ?? false
  const turn = useMutation({
    mutationFn: () =>
      api.put('/api/calls/{id}/hold', {
        path: { id: call.id },
        body: { held: !held, reason: reason.trim() },
      }),
    onSuccess: () => {
      message.success(t(held ? 'call.hold.released' : 'call.hold.done'))
      onDone()
      void client.invalidateQueries({ queryKey: ['calls'] })
      void client.invalidateQueries({ queryKey: ['retention'] })
    },
    onError: (err) => showError(err),
  })
  return (
    <div className="note-pop hold-pop">
      <p className="faint">{t(held ? 'call.hold.release_text' : 'call.hold.text')}</p>
      <Input.TextArea
        autoFocus
        value={reason}
        onChange={(e) => setReason(e.target.value)}
        autoSize={{ minRows: 2, maxRows: 6 }}
        maxLength={500}
        aria-label={t('call.hold.reason')}
        placeholder={t('call.hold.reason')}
      />
      <Button
        type="primary"
        disabled={!reason.trim()}
        loading={turn.isPending}
        onClick={() => turn.mutate()}
      >
        {t(held ? 'call.hold.release' : 'call.hold.put')}
      </Button>
    </div>
  )
}
