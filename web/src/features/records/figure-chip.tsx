import { CloseOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFlows } from '@/features/flows/data'
import { useCan } from '@/features/session/session'
import type { RecordSearch } from './search'

/** Says that only calls behind a figure of a flow are listed, and takes that away. */
export function FigureChip(props: {
  search: RecordSearch
  onChange: (part: Partial<RecordSearch>) => void
}) {
  const { t } = useTranslation()
  const can = useCan()
  const { flow, version, node, exit } = props.search
  const flows = useFlows(flow !== undefined && (can('flows.read') || can('flows.manage')))
  if (flow === undefined && version === undefined && !node && !exit) return null
  const name =
    flows.data?.find((f) => f.id === flow)?.name ?? (flow === undefined ? '' : `#${flow}`)
  const way = exit?.startsWith('@')
    ? t(`records.figure_end.${exit.slice(1)}` as never, { defaultValue: exit })
    : t(`trail.exit.${exit}` as never, { defaultValue: exit })
  const parts = [
    name && `${t('call.flow')} ${name}`,
    version !== undefined && `v${version}`,
    node && t('records.figure_node', { name: node }),
    exit && t('records.figure_exit', { name: way }),
  ]
  return (
    <div className="figure-chip">
      <span>{parts.filter(Boolean).join(' · ')}</span>
      <Button
        type="text"
        size="small"
        icon={<CloseOutlined />}
        aria-label={t('records.figure_remove')}
        onClick={() =>
          props.onChange({ flow: undefined, version: undefined, node: undefined, exit: undefined })
        }
      />
    </div>
  )
}
