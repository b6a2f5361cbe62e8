import { DesktopOutlined, MobileOutlined, PhoneOutlined } from '@ant-design/icons'
import { Dropdown, Tooltip } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { AnswerMethod, Bar } from '@/lib/types'

const icons: Record<AnswerMethod, ReactNode> = {
  web: <DesktopOutlined />,
  sip: <PhoneOutlined rotate={90} />,
  mobile: <MobileOutlined />,
}

/** Where calls ring: in the browser, on the desk phone, or on the mobile. */
export function MethodMenu({ bar, onChoose }: { bar: Bar; onChoose: (m: AnswerMethod) => void }) {
  const { t } = useTranslation()
  return (
    <Dropdown
      trigger={['click']}
      disabled={bar.call !== undefined}
      menu={{
        selectable: true,
        selectedKeys: [bar.method],
        items: (['web', 'sip', 'mobile'] as const).map((m) => ({
          key: m,
          icon: icons[m],
          label: t(`method.${m}`),
        })),
        onClick: ({ key }) => onChoose(key as AnswerMethod),
      }}
    >
      <Tooltip title={t('bar.method')} placement="bottom">
        <button
          type="button"
          className="method-button"
          disabled={bar.call !== undefined}
          aria-label={`${t('bar.method')}: ${t(`method.${bar.method}`)}`}
        >
          {icons[bar.method]}
          <span>{t(`method.${bar.method}`)}</span>
          <i className={bar.phone_ready ? 'ready' : ''} aria-hidden="true" />
        </button>
      </Tooltip>
    </Dropdown>
  )
}
