import { ExportOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { App, Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { useCan } from '@/features/session/session'
import { useShowError } from '@/ui/side-sheet'
import './tasks.css'
import { useExport, type Wanted } from './data'

/** Takes the calls that are listed or chosen out of the house: Excel, or their recordings as a zip. */
export function ExportCalls(wanted: Wanted) {
  const { t } = useTranslation()
  const can = useCan()
  const { message } = App.useApp()
  const showError = useShowError()
  const run = useExport()
  const navigate = useNavigate() // messages are drawn outside of the router: no Link in them
  const items = [
    ...(can('calls.export')
      ? [
          { key: 'records', label: t('tasks.export.records') },
          { key: 'trail', label: t('tasks.export.trail') },
        ]
      : []),
    ...(can('calls.download') ? [{ key: 'recordings', label: t('tasks.export.recordings') }] : []),
  ]
  if (items.length === 0) return null
  const go = (key: string) =>
    run.mutate(
      {
        what: key === 'recordings' ? 'recordings' : 'records',
        wanted: { ...wanted, trail: key === 'trail' || undefined },
      },
      {
        onSuccess: (task) =>
          task
            ? void message.success(
                <>
                  {t('tasks.export.begun')}{' '}
                  <Button type="link" size="small" onClick={() => void navigate({ to: '/tasks' })}>
                    {t('tasks.export.see')}
                  </Button>
                </>,
                6,
              )
            : void message.success(t('tasks.export.saved')),
        onError: (err) => showError(err),
      },
    )
  return (
    <Dropdown trigger={['click']} menu={{ items, onClick: ({ key }) => go(key) }}>
      <Button
        className="export-calls"
        icon={<ExportOutlined />}
        loading={run.isPending}
        aria-label={t('tasks.export.title')}
      />
    </Dropdown>
  )
}
