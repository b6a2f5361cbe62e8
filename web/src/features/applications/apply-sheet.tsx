import { UploadOutlined } from '@ant-design/icons'
import { App, Button, Form, type FormInstance, Input, Select, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNumbers } from '@/features/numbers/data'
import { useCan } from '@/features/session/session'
import { groupNumber } from '@/lib/phone-number'
import type { ApplicationInput } from '@/lib/types'
import { SideSheet, useShowError } from '@/ui/side-sheet'
import { useApply } from './data'

const largest = 10 << 20 // bytes

/** Applies for a configuration: contact, words, a sketch perhaps. */
export function ApplySheet({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const can = useCan()
  const numbers = useNumbers(open && (can('numbers.manage') || can('calls.read')))
  const apply = useApply()
  const [form] = Form.useForm<ApplicationInput>()
  const [file, setFile] = useState<File>()
  const close = () => {
    form.resetFields()
    setFile(undefined)
    onClose()
  }
  const send = async () => {
    const input = await form.validateFields().catch(() => undefined)
    if (!input) return
    apply.mutate(
      { input, file },
      {
        onSuccess: ({ fileTaken }) => {
          if (fileTaken) message.success(t('application.sent'))
          else message.warning(t('application.file_failed'))
          close()
        },
        onError: (err) => showError(err, form as FormInstance),
      },
    )
  }
  const choose = (chosen: File) => {
    if (chosen.size > largest) message.error(t('error.application_file_large'))
    else setFile(chosen)
    return false
  }
  const missing = [{ required: true, message: t('form.missing') }]
  return (
    <SideSheet
      open={open}
      title={t('application.apply')}
      onClose={close}
      onSave={send}
      saving={apply.isPending}
    >
      <Form form={form} layout="vertical" onFinish={send}>
        <Form.Item
          name="description"
          label={t('application.description')}
          extra={t('application.description_help')}
          rules={missing}
        >
          <Input.TextArea rows={6} maxLength={4000} showCount />
        </Form.Item>
        <Form.Item
          name="contact"
          label={t('application.contact')}
          extra={t('application.contact_help')}
          rules={missing}
        >
          <Input maxLength={120} />
        </Form.Item>
        {numbers.data && numbers.data.length > 0 && (
          <Form.Item name="number_id" label={t('application.number')}>
            <Select
              allowClear
              options={numbers.data.map((n) => ({
                value: n.id,
                label: `${groupNumber(n.number)} ${n.name}`,
              }))}
            />
          </Form.Item>
        )}
        <Form.Item label={t('application.file')} extra={t('application.file_help')}>
          <Upload
            maxCount={1}
            fileList={file ? [{ uid: '1', name: file.name, status: 'done' }] : []}
            beforeUpload={choose}
            onRemove={() => setFile(undefined)}
          >
            <Button icon={<UploadOutlined />}>{t('application.choose_file')}</Button>
          </Upload>
        </Form.Item>
        <button type="submit" hidden />
      </Form>
    </SideSheet>
  )
}
