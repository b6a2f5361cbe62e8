import { InboxOutlined } from '@ant-design/icons'
import { Alert, App, Modal, Upload } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NumberListDone } from '@/lib/types'
import { useShowError } from '@/ui/side-sheet'
import { useImportNumbers } from './data'

/** Takes a list of numbers: first says what it would do, then does it. */
export function ImportNumbers({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const send = useImportNumbers()
  const [file, setFile] = useState<File>()
  const [would, setWould] = useState<NumberListDone>()
  const close = () => {
    setFile(undefined)
    setWould(undefined)
    onClose()
  }
  const look = (chosen: File) => {
    setFile(chosen)
    setWould(undefined)
    send.mutate(
      { file: chosen, dry: true },
      { onSuccess: setWould, onError: (err) => showError(err) },
    )
    return false
  }
  const take = () =>
    file &&
    send.mutate(
      { file, dry: false },
      {
        onSuccess: (done) => {
          if (done.problems.length > 0) return setWould(done)
          message.success(t('number.imported', { added: done.added, changed: done.changed }))
          close()
        },
        onError: (err) => showError(err),
      },
    )
  const good = would && would.problems.length === 0 && would.added + would.changed > 0
  return (
    <Modal
      open={open}
      title={t('number.import')}
      okText={t('number.import_take')}
      cancelText={t('common.cancel')}
      okButtonProps={{ disabled: !good, loading: send.isPending }}
      onOk={take}
      onCancel={close}
      destroyOnHidden
    >
      <p>{t('number.import_help')}</p>
      <Upload.Dragger accept=".csv,.txt" showUploadList={false} beforeUpload={look}>
        <p>
          <InboxOutlined />
        </p>
        <p>{file?.name ?? t('number.import_drop')}</p>
      </Upload.Dragger>
      {would && (
        <Alert
          className="import-would"
          type={would.problems.length > 0 ? 'error' : 'success'}
          title={
            would.problems.length > 0
              ? t('number.import_problems', { n: would.problems.length })
              : t('number.import_would', { added: would.added, changed: would.changed })
          }
          description={
            would.problems.length > 0 && (
              <ul className="preview-doubts">
                {would.problems.slice(0, 20).map((p) => (
                  <li key={`${p.line}-${p.code}`}>
                    {t('line.at', { line: p.line })}
                    {t(`line.${p.code as 'number'}`)} {p.text && <code>{p.text}</code>}
                  </li>
                ))}
              </ul>
            )
          }
        />
      )}
    </Modal>
  )
}
