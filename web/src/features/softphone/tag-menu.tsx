import { TagOutlined } from '@ant-design/icons'
import { Button, Popover } from 'antd'
import { useTranslation } from 'react-i18next'
import { TagEditor } from '@/features/calls/tags'
import '@/features/calls/calls.css'

/** Tags the call in hand (通话标签); its record has them afterwards. */
export function TagMenu({ call }: { call: string }) {
  const { t } = useTranslation()
  return (
    <Popover
      trigger="click"
      destroyOnHidden
      content={
        <div className="tag-menu">
          <TagEditor id={call} />
        </div>
      }
    >
      <Button icon={<TagOutlined />} aria-label={t('call.tags')} title={t('call.tags')} />
    </Popover>
  )
}
