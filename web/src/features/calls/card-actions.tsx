import {
  CheckOutlined,
  FormOutlined,
  StarFilled,
  StarOutlined,
  UndoOutlined,
} from '@ant-design/icons'
import { Button, Popover, Select, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLabels } from '@/features/labels/data'
import type { CallView } from '@/lib/types'
import { useShowError } from '@/ui/side-sheet'
import { useDeed } from './data'
import { NewNote } from './notes'

/** A note from a card, without opening the call. */
export function NoteButton({ id }: { id: string }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <Popover
      trigger="click"
      open={open}
      onOpenChange={setOpen}
      destroyOnHidden
      content={
        <div className="note-pop">
          <NewNote id={id} onDone={() => setOpen(false)} />
        </div>
      }
    >
      <Tooltip title={open ? '' : t('call.note_add')}>
        <Button size="small" icon={<FormOutlined />} aria-label={t('call.note_add')} />
      </Tooltip>
    </Popover>
  )
}

/** Puts a call aside as dealt with, or takes it up again (快捷关闭). */
export function CloseButton({ call, word }: { call: CallView; word?: boolean }) {
  const { t } = useTranslation()
  const deed = useDeed(call.id)
  const showError = useShowError()
  const label = t(call.closed ? 'call.reopen' : 'call.close')
  return (
    <Tooltip title={word ? '' : label}>
      <Button
        size={word ? 'middle' : 'small'}
        icon={call.closed ? <UndoOutlined /> : <CheckOutlined />}
        loading={deed.isPending}
        aria-label={label}
        onClick={() =>
          deed.mutate({ do: 'close', on: !call.closed }, { onError: (e) => showError(e) })
        }
      >
        {word ? label : undefined}
      </Button>
    </Tooltip>
  )
}

/** The star of a call (标记). */
export function MarkButton({ call }: { call: CallView }) {
  const { t } = useTranslation()
  const deed = useDeed(call.id)
  const showError = useShowError()
  const label = t(call.marked ? 'call.unmark' : 'call.mark')
  return (
    <Tooltip title={label}>
      <button
        type="button"
        className={`icon-button star ${call.marked ? 'on' : ''}`}
        aria-label={label}
        aria-pressed={call.marked ?? false}
        onClick={() =>
          deed.mutate({ do: 'mark', on: !call.marked }, { onError: (e) => showError(e) })
        }
      >
        {call.marked ? <StarFilled /> : <StarOutlined />}
      </button>
    </Tooltip>
  )
}

/** How far one is with the customer (联系状态). */
export function StatusSelect({ call }: { call: CallView }) {
  const { t } = useTranslation()
  const labels = useLabels()
  const deed = useDeed(call.id)
  const showError = useShowError()
  const all = labels.data?.filter((l) => l.kind === 'status') ?? []
  if (all.length === 0) return null
  return (
    <Select
      allowClear
      className="status-select"
      value={call.status_id || undefined}
      placeholder={t('call.status')}
      aria-label={t('call.status')}
      loading={deed.isPending}
      options={all
        .filter((l) => l.enabled || l.id === call.status_id)
        .map((l) => ({ value: l.id, label: l.name, disabled: !l.enabled }))}
      onChange={(status?: number) =>
        deed.mutate({ do: 'status', status: status ?? 0 }, { onError: (e) => showError(e) })
      }
    />
  )
}
