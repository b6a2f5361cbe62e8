import { App, Input, Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/lib/api'
import type { Problem } from '@/lib/types'
import { errorText } from '@/ui/page-state'
import { useActivateFlow, usePublish } from '../data'

/**
 * Puts a version in force, or makes one of the draft first. Failing cases
 * refuse it; with a reason it is put in force all the same.
 */
export function ActivateDialog(props: {
  id: number
  /** A version, or the draft's revision of which one is made. */
  of: { version: number } | { revision: number }
  keepOnly?: boolean
  onRefused: (problems: Problem[]) => void
  onDone: (version: number) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const publish = usePublish(props.id)
  const activate = useActivateFlow(props.id)
  const [note, setNote] = useState('')
  const [version, setVersion] = useState('version' in props.of ? props.of.version : undefined)
  const [failing, setFailing] = useState<Problem[]>()
  const [reason, setReason] = useState('')
  const [error, setError] = useState<string>()
  const go = async () => {
    setError(undefined)
    try {
      let n = version
      if (n === undefined && 'revision' in props.of) {
        n = (await publish.mutateAsync({ revision: props.of.revision, note: note || undefined }))
          .number
        setVersion(n)
      }
      if (n === undefined) return
      if (props.keepOnly) {
        message.success(t('editor.kept', { n }))
      } else {
        await activate.mutateAsync({
          n,
          ...(failing ? { force: true, reason: reason.trim() } : {}),
        })
        message.success(t('flow.activated', { n }))
      }
      props.onDone(n)
    } catch (err) {
      if (err instanceof ApiError && err.code === 'flow.cases')
        setFailing(err.problems.filter((p) => !p.warning))
      else if (err instanceof ApiError && err.problems.length > 0) {
        props.onRefused(err.problems)
        message.error(t('editor.refused', { n: err.problems.filter((p) => !p.warning).length }))
        props.onClose()
      } else setError(errorText(err, t))
    }
  }
  const fresh = version === undefined
  return (
    <Modal
      open
      width={520}
      title={
        failing
          ? t('editor.cases_fail', { n: failing.length })
          : fresh
            ? t(props.keepOnly ? 'editor.keep_title' : 'editor.activate_new')
            : t('editor.activate_title', { n: version })
      }
      okText={t(failing ? 'editor.force' : props.keepOnly ? 'editor.keep' : 'flow.activate')}
      okButtonProps={{
        danger: failing !== undefined,
        disabled: failing !== undefined && reason.trim() === '',
        loading: publish.isPending || activate.isPending,
      }}
      cancelText={t('common.cancel')}
      onOk={go}
      onCancel={props.onClose}
    >
      {failing ? (
        <div className="force">
          <p>{t('editor.force_text')}</p>
          <ul>
            {failing.map((p) => (
              <li key={`${p.line}${p.what}`}>{p.what}</li>
            ))}
          </ul>
          <label htmlFor="force-reason">{t('editor.force_reason')}</label>
          <Input.TextArea
            id="force-reason"
            value={reason}
            maxLength={500}
            autoSize={{ minRows: 2 }}
            onChange={(e) => setReason(e.target.value)}
          />
          <small className="muted">{t('editor.force_logged')}</small>
        </div>
      ) : (
        <>
          <p>{t(props.keepOnly ? 'editor.keep_text' : 'editor.activate_text')}</p>
          {fresh && (
            <Input
              aria-label={t('flow.note')}
              placeholder={t('flow.note')}
              value={note}
              maxLength={500}
              autoFocus
              onChange={(e) => setNote(e.target.value)}
              onPressEnter={go}
            />
          )}
        </>
      )}
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </Modal>
  )
}
