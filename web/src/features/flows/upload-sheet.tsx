import { InboxOutlined } from '@ant-design/icons'
import { App, AutoComplete, Button, Form, Input, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/lib/api'
import type { FlowUploaded, FlowView, Problem } from '@/lib/types'
import { SideSheet, useShowError } from '@/ui/side-sheet'
import { useCheckFlow, useFlows, useUploadFlow } from './data'
import { Problems } from './problems'
import { SourceEditor } from './source-editor'
import './flows.css'

const largest = 5 << 20 // bytes, as the API takes them

/** Uploads a flow: a file dropped or chosen, or a text pasted; problems are shown at their lines. */
export function UploadSheet(props: {
  open: boolean
  flow?: FlowView
  source?: string
  onClose: () => void
  onUploaded: (u: FlowUploaded) => void
}) {
  const { t } = useTranslation()
  return (
    <SideSheet
      open={props.open}
      width={860}
      title={props.flow ? t('flow.new_version_of', { name: props.flow.name }) : t('flow.upload')}
      onClose={props.onClose}
    >
      <UploadForm {...props} />
    </SideSheet>
  )
}

function UploadForm(props: Parameters<typeof UploadSheet>[0]) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const flows = useFlows()
  const [name, setName] = useState(props.flow?.name ?? '')
  const [file, setFile] = useState('')
  const [source, setSource] = useState(props.source ?? '')
  const [note, setNote] = useState('')
  const [problems, setProblems] = useState<Problem[]>()
  const [refusal, setRefusal] = useState(false)
  const [line, setLine] = useState<number>()
  const upload = useUploadFlow()
  const check = useCheckFlow()
  const input = { name: name.trim(), file: file || undefined, source, note: note || undefined }
  const complete = input.name !== '' && source.trim() !== ''

  const refused = (err: unknown) => {
    if (err instanceof ApiError && err.problems.length > 0) {
      setProblems(err.problems)
      setRefusal(true)
      setLine(err.problems[0]?.line)
    } else showError(err)
  }
  const read = async (f: File) => {
    if (f.size > largest) {
      message.error(t('flow.too_large'))
      return
    }
    setFile(f.name)
    setSource(await f.text())
    setProblems(undefined)
    if (!name) setName(f.name.replace(/\.(ya?ml|json)$/i, ''))
  }
  return (
    <div className="upload">
      <div className="form-row">
        <Form.Item
          label={t('flow.name')}
          htmlFor="flow-name"
          layout="vertical"
          extra={props.flow ? undefined : t('flow.name_help')}
        >
          <AutoComplete
            id="flow-name"
            value={name}
            disabled={props.flow !== undefined}
            onChange={setName}
            options={flows.data?.map((f) => ({ value: f.name }))}
          />
        </Form.Item>
        <Form.Item label={t('flow.note')} htmlFor="flow-note" layout="vertical">
          <Input
            id="flow-note"
            value={note}
            maxLength={500}
            onChange={(e) => setNote(e.target.value)}
          />
        </Form.Item>
      </div>
      <Upload.Dragger
        accept=".yaml,.yml,.json"
        showUploadList={false}
        beforeUpload={(f) => {
          void read(f)
          return false
        }}
      >
        <span className="drop">
          <InboxOutlined /> {file ? t('flow.chosen', { file }) : t('flow.drop')}
        </span>
      </Upload.Dragger>
      <SourceEditor
        label={t('flow.source')}
        value={source}
        problems={problems ?? []}
        line={line}
        onChange={(text) => {
          setSource(text)
          setProblems(undefined)
        }}
      />
      {problems && <Problems problems={problems} refused={refusal} onJump={setLine} />}
      <div className="upload-foot">
        <Button
          disabled={!complete}
          loading={check.isPending}
          onClick={() =>
            check.mutate(input, {
              onSuccess: (c) => {
                setRefusal(false)
                setProblems(c.problems)
              },
              onError: refused,
            })
          }
        >
          {t('flow.check')}
        </Button>
        <Button
          type="primary"
          disabled={!complete}
          loading={upload.isPending}
          onClick={() =>
            upload.mutate(input, {
              onSuccess: (u) => {
                message.success(t('flow.uploaded', { n: u.number }))
                props.onClose()
                props.onUploaded(u)
              },
              onError: refused,
            })
          }
        >
          {t('flow.upload')}
        </Button>
      </div>
    </div>
  )
}
