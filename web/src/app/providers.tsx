import { App, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { antdThemeOf, useMode } from './theme'

/** Theme and language for everything on the page. */
export function Providers({ children }: { children: ReactNode }) {
  const mode = useMode()
  const { i18n } = useTranslation()
  return (
    <ConfigProvider
      theme={antdThemeOf(mode)}
      locale={i18n.language === 'en' ? enUS : zhCN}
      button={{ autoInsertSpace: false }}
      form={{ scrollToFirstError: true }}
    >
      <App message={{ maxCount: 3, top: 64 }} className="app-root">
        {children}
      </App>
    </ConfigProvider>
  )
}
