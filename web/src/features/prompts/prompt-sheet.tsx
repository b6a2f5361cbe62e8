import { DeleteOutlined, UploadOutlined } from '@ant-design/icons'
import { App, Button, Form, Input, Upload } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { clockText, fullTime } from '@/lib/time'
import type { PromptView } from '@/lib/types'
import { Facts } from '@/ui/bits'
import { SideSheet, useShowError } from '@/ui/side-sheet'
import { soundOf, useRemovePrompt, useRenamePrompt } from './data'
import { sizeText, UsedBy } from './words'

/** One of the enterprise's prompts: listen, rename, replace, remove. */
export function PromptSheet(props: {
  prompt: PromptView | undefined
  mayChange: boolean
  onClose: () => void
  onReplace: (p: PromptView, file: File) => void
}) {
  const { t } = useTranslation()
  const { message, modal } = App.useApp()
  const showError = useShowError()
  const [form] = Form.useForm<{ name: string }>()
  const rename = useRenamePrompt()
  const remove = useRemovePrompt()
  const last = useRef(props.prompt)
  if (props.prompt) last.current = props.prompt
  const p = last.current
  // biome-ignore lint/correctness/useExhaustiveDependencies: filled when a sheet opens, not when the list is read again
  useEffect(() => {
    if (props.prompt) form.setFieldsValue({ name: props.prompt.name })
  }, [form, props.prompt?.id])
  if (!p) return null
  const used = p.used_by.length > 0
  const id = p.id ?? 0
  const save = async () => {
    const filled = await form.validateFields().catch(() => undefined)
    if (!filled) return
    rename.mutate(
      { id, name: filled.name.trim() },
      {
        onSuccess: () => {
          message.success(t('common.saved'))
          props.onClose()
        },
        onError: (err) => showError(err, form),
      },
    )
  }
  const ask = () =>
    modal.confirm({
      title: t('common.remove_title', { name: p.name }),
      content: t('prompt.remove_text'),
      okText: t('common.remove'),
      okButtonProps: { danger: true },
      cancelText: t('common.cancel'),
      onOk: () =>
        remove.mutateAsync(id).then(
          () => {
            message.success(t('common.removed'))
            props.onClose()
          },
          (err) => showError(err),
        ),
    })
  return (
    <SideSheet
      open={props.prompt !== undefined}
      title={p.name}
      onClose={props.onClose}
      onSave={props.mayChange && !used ? save : undefined}
      saving={rename.isPending}
      extra={
        <Button danger type="text" icon={<DeleteOutlined />} onClick={ask}>
          {t('common.remove')}
        </Button>
      }
    >
      <div className="prompt-sheet">
        {/* biome-ignore lint/a11y/useMediaCaption: what is said is shown below where it is known */}
        <audio controls preload="metadata" src={soundOf(p, 'zh')} aria-label={p.name} />
        <Facts
          items={[
            { label: t('prompt.length'), value: clockText((p.milliseconds ?? 0) / 1000) },
            { label: t('prompt.size'), value: sizeText(p.bytes ?? 0) },
            { label: t('prompt.source'), value: t(`prompt.from.${p.source ?? 'upload'}`) },
            !!p.original && { label: t('prompt.file'), value: p.original },
            { label: t('prompt.updated'), value: fullTime(p.updated_at ?? '') },
            { label: t('prompt.by'), value: p.updated_by },
          ]}
        />
        {p.text && <blockquote className="prompt-words">{p.text}</blockquote>}
        <h3>{t('prompt.used_by')}</h3>
        <UsedBy uses={p.used_by} />
        {props.mayChange && (
          <>
            <Upload
              accept=".wav,.mp3,audio/*"
              showUploadList={false}
              beforeUpload={(f) => {
                props.onReplace(p, f)
                return false
              }}
            >
              <Button icon={<UploadOutlined />}>{t('prompt.replace')}</Button>
            </Upload>
            <p className="prompt-muted">{t('prompt.replace_help')}</p>
            {used ? (
              <p className="prompt-muted">{t('prompt.used_help')}</p>
            ) : (
              <Form form={form} layout="vertical" onFinish={save}>
                <Form.Item
                  name="name"
                  label={t('prompt.name')}
                  extra={t('prompt.name_help')}
                  rules={[{ required: true, whitespace: true, message: t('form.missing') }]}
                >
                  <Input maxLength={60} />
                </Form.Item>
              </Form>
            )}
          </>
        )}
      </div>
    </SideSheet>
  )
}
