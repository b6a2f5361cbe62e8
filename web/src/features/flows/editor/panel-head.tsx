import { CloseOutlined } from '@ant-design/icons'
import { Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'

/** The title of a panel beside the drawing, with its close button. */
export function PanelHead(props: { title: string; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <header className="panel-head">
      <h2>{props.title}</h2>
      <Tooltip title={t('editor.close')}>
        <button
          type="button"
          className="icon-button"
          aria-label={t('editor.close')}
          onClick={props.onClose}
        >
          <CloseOutlined />
        </button>
      </Tooltip>
    </header>
  )
}
