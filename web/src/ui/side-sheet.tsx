import { App, Button, Drawer, type FormInstance } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/lib/api'
import { errorText } from './page-state'
import './side-sheet.css'

/** A sheet from the right, with its actions at the foot. */
export function SideSheet(props: {
  open: boolean
  title: ReactNode
  width?: number
  onClose: () => void
  onSave?: () => void
  saving?: boolean
  extra?: ReactNode
  children: ReactNode
}) {
  const { t } = useTranslation()
  return (
    <Drawer
      open={props.open}
      title={props.title}
      size={props.width ?? 520}
      onClose={props.onClose}
      destroyOnHidden
      rootClassName="sheet-root"
      footer={
        props.onSave && (
          <div className="side-sheet-foot">
            <div>{props.extra}</div>
            <div className="side-sheet-actions">
              <Button onClick={props.onClose}>{t('common.cancel')}</Button>
              <Button type="primary" loading={props.saving} onClick={props.onSave}>
                {t('common.save')}
              </Button>
            </div>
          </div>
        )
      }
    >
      {props.children}
    </Drawer>
  )
}

/**
 * Shows an error of the API where it belongs: at the field it names if the
 * form has it, else as a message.
 */
export function useShowError() {
  const { message } = App.useApp()
  const { t } = useTranslation()
  return (error: unknown, form?: FormInstance) => {
    const text = errorText(error, t)
    if (form && error instanceof ApiError && error.field) {
      const path = error.field.split(/[.[\]]+/).filter(Boolean)
      const name = path[0] as string
      if (form.getFieldInstance(name) !== undefined || name in form.getFieldsValue()) {
        form.setFields([{ name, errors: [text] }])
        form.scrollToField(name)
        return
      }
    }
    message.error(text)
  }
}
