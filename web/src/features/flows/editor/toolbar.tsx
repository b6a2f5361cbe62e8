import {
  ApartmentOutlined,
  BarChartOutlined,
  CheckOutlined,
  CloudSyncOutlined,
  DownloadOutlined,
  EllipsisOutlined,
  ExclamationCircleOutlined,
  HistoryOutlined,
  LeftOutlined,
  PhoneOutlined,
  RedoOutlined,
  UndoOutlined,
} from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button, Dropdown, type MenuProps, Segmented, Select, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { shortTime } from '@/lib/time'
import type { FlowView } from '@/lib/types'
import { Tag } from '@/ui/bits'
import { type SpanName, spans } from './figures'
import { useEditor, useEditorState } from './store'
import type { DraftState } from './use-draft'

export type View = 'draw' | 'both' | 'text'
export type Side = 'form' | 'try' | 'versions'

export interface ToolbarProps {
  flow: FlowView
  version?: number
  state: DraftState
  view: View
  side: Side
  figures?: SpanName
  canFigures: boolean
  mayManage: boolean
  menu: MenuProps['items']
  onView: (v: View) => void
  onSide: (s: Side) => void
  onFigures: (s: SpanName | undefined) => void
  onLayout: () => void
  onSave: () => void
  onRetry: () => void
  onActivate: () => void
  onBackToDraft: () => void
}

/** The head of the editor: which flow, which version, whether it is saved, and what can be done. */
export function Toolbar(p: ToolbarProps) {
  const { t } = useTranslation()
  const store = useEditor()
  const canUndo = useEditorState((s) => s.history.past.length > 0)
  const canRedo = useEditorState((s) => s.history.future.length > 0)
  const { flow, version } = p
  return (
    <header className="editor-bar">
      <Tooltip title={t('section.flows')}>
        <Link to="/settings/flows" className="icon-button" aria-label={t('section.flows')}>
          <LeftOutlined />
        </Link>
      </Tooltip>
      <div className="editor-title">
        <h1 title={flow.name}>{flow.name}</h1>
        <span className="editor-state">
          {version === undefined ? (
            <Tag tone="warn">{t('editor.draft')}</Tag>
          ) : (
            <Tag tone={flow.active === version ? 'good' : 'plain'}>
              {t('flow.version', { n: version })} ·{' '}
              {t(flow.active === version ? 'flow.in_force' : 'flow.not_in_force')}
            </Tag>
          )}
          {version === undefined && flow.active ? (
            <Tag tone="good">
              {t('flow.version', { n: flow.active })} · {t('flow.in_force')}
            </Tag>
          ) : null}
          {version === undefined && <SavedState state={p.state} onRetry={p.onRetry} />}
          {version !== undefined && <small className="muted">{t('editor.read_only')}</small>}
        </span>
      </div>
      <div className="editor-tools">
        {!store.readOnly && (
          <>
            <Tool
              label={t('editor.undo')}
              keys="Ctrl Z"
              disabled={!canUndo}
              onClick={() => store.undo()}
            >
              <UndoOutlined />
            </Tool>
            <Tool
              label={t('editor.redo')}
              keys="Ctrl Shift Z"
              disabled={!canRedo}
              onClick={() => store.redo()}
            >
              <RedoOutlined />
            </Tool>
            <Tool label={t('editor.arrange')} onClick={p.onLayout}>
              <ApartmentOutlined rotate={270} />
            </Tool>
          </>
        )}
        <Segmented<View>
          size="small"
          aria-label={t('editor.view')}
          value={p.view}
          options={(['draw', 'both', 'text'] as const).map((value) => ({
            value,
            label: t(`editor.view_as.${value}`),
          }))}
          onChange={p.onView}
        />
        {p.canFigures && (
          <span className="figures-choice">
            <Tool
              label={t('editor.figures')}
              pressed={p.figures !== undefined}
              onClick={() => p.onFigures(p.figures === undefined ? 'today' : undefined)}
            >
              <BarChartOutlined />
            </Tool>
            {p.figures !== undefined && (
              <Select<SpanName>
                size="small"
                aria-label={t('editor.figures_of')}
                value={p.figures}
                popupMatchSelectWidth={false}
                options={spans.map((value) => ({ value, label: t(`editor.span.${value}`) }))}
                onChange={p.onFigures}
              />
            )}
          </span>
        )}
        <Tool
          label={t('flow.versions')}
          pressed={p.side === 'versions'}
          onClick={() => p.onSide(p.side === 'versions' ? 'form' : 'versions')}
        >
          <HistoryOutlined />
        </Tool>
        <Button
          size="small"
          icon={<PhoneOutlined rotate={90} />}
          type={p.side === 'try' ? 'primary' : 'default'}
          ghost={p.side === 'try'}
          aria-pressed={p.side === 'try'}
          onClick={() => p.onSide(p.side === 'try' ? 'form' : 'try')}
        >
          {t('editor.try')}
        </Button>
        <Dropdown menu={{ items: p.menu }} trigger={['click']}>
          <button type="button" className="icon-button" aria-label={t('editor.more')}>
            <EllipsisOutlined />
          </button>
        </Dropdown>
        {p.mayManage && version === undefined && (
          <>
            <Button
              size="small"
              onClick={p.onSave}
              disabled={!p.state.changed && p.state.saving === 'saved'}
            >
              {t('editor.keep')}
            </Button>
            <Button size="small" type="primary" onClick={p.onActivate}>
              {t('flow.activate')}
            </Button>
          </>
        )}
        {version !== undefined && p.mayManage && (
          <>
            <Button size="small" onClick={p.onBackToDraft}>
              {t('editor.to_draft')}
            </Button>
            <Button
              size="small"
              type="primary"
              disabled={flow.active === version}
              onClick={p.onActivate}
            >
              {t('flow.activate')}
            </Button>
          </>
        )}
      </div>
    </header>
  )
}

export const downloadIcon = <DownloadOutlined />

function Tool(p: {
  label: string
  keys?: string
  pressed?: boolean
  disabled?: boolean
  onClick: () => void
  children: React.ReactNode
}) {
  return (
    <Tooltip title={p.keys ? `${p.label} · ${p.keys}` : p.label}>
      <button
        type="button"
        className={`icon-button ${p.pressed ? 'on' : ''}`}
        aria-label={p.label}
        aria-pressed={p.pressed}
        disabled={p.disabled}
        onClick={p.onClick}
      >
        {p.children}
      </button>
    </Tooltip>
  )
}

function SavedState({ state, onRetry }: { state: DraftState; onRetry: () => void }) {
  const { t } = useTranslation()
  const { saving } = state
  if (saving === 'failed')
    return (
      <button type="button" className="saved-state bad link" onClick={onRetry}>
        <ExclamationCircleOutlined /> {t('editor.saving_failed')}
      </button>
    )
  return (
    <span className={`saved-state ${saving === 'conflict' ? 'bad' : ''}`} role="status">
      {saving === 'saved' ? <CheckOutlined /> : <CloudSyncOutlined />}{' '}
      {saving === 'saved'
        ? state.savedAt
          ? t('editor.saved_at', { at: shortTime(state.savedAt) })
          : t('editor.saved')
        : t(`editor.saving.${saving}`)}
    </span>
  )
}
