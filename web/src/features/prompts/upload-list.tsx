import { CheckCircleFilled, CloseCircleFilled, CloseOutlined } from '@ant-design/icons'
import { Button, Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/lib/api'
import type { PromptView } from '@/lib/types'
import { errorText } from '@/ui/page-state'
import type { Uploading, useUploads } from './uploads'

/** What became of each uploaded file: its progress, or why it was refused and what can be done. */
export function UploadList(props: {
  uploads: ReturnType<typeof useUploads>
  prompts: PromptView[]
}) {
  const { uploads, prompts } = props
  if (uploads.list.length === 0) return null
  return (
    <ul className="upload-list" aria-live="polite">
      {uploads.list.map((u) => (
        <Line key={u.key} u={u} uploads={uploads} prompts={prompts} />
      ))}
    </ul>
  )
}

function Line(props: {
  u: Uploading
  uploads: ReturnType<typeof useUploads>
  prompts: PromptView[]
}) {
  const { t } = useTranslation()
  const { u, uploads } = props
  const taken = u.error instanceof ApiError && u.error.code === 'prompt.taken'
  const there = props.prompts.find((p) => p.name === u.name && !p.built_in)
  return (
    <li className={u.state}>
      <span className="upload-mark" aria-hidden="true">
        {u.state === 'done' && <CheckCircleFilled />}
        {u.state === 'failed' && <CloseCircleFilled />}
      </span>
      <span className="upload-name" title={u.file.name}>
        {u.file.name}
      </span>
      <span className="upload-state">
        {u.state === 'goes' && u.part < 1 && (
          <Progress percent={Math.round(u.part * 100)} size="small" aria-label={u.file.name} />
        )}
        {u.state === 'goes' && u.part >= 1 && t('prompt.converting')}
        {u.state === 'waits' && t('prompt.waits')}
        {u.state === 'done' &&
          t(u.replaces ? 'prompt.replaced' : 'prompt.uploaded', { name: u.name })}
        {u.state === 'failed' && <span role="alert">{errorText(u.error, t)}</span>}
      </span>
      <span className="upload-do">
        {u.state === 'failed' &&
          (taken && there?.id !== undefined ? (
            <Button size="small" onClick={() => uploads.again(u, there.id)}>
              {t('prompt.replace_it')}
            </Button>
          ) : (
            <Button size="small" onClick={() => uploads.again(u)}>
              {t('page.retry')}
            </Button>
          ))}
        {(u.state === 'done' || u.state === 'failed') && (
          <button
            type="button"
            className="icon-button"
            aria-label={t('prompt.dismiss', { name: u.file.name })}
            onClick={() => uploads.forget(u.key)}
          >
            <CloseOutlined />
          </button>
        )}
      </span>
    </li>
  )
}
