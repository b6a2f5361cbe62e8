import { RollbackOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { FlowVersionView, FlowView } from '@/lib/types'
import { Tag, When } from '@/ui/bits'
import { Loaded } from '@/ui/page-state'
import { useShowError } from '@/ui/side-sheet'
import { useFlowVersions, useRollBack } from '../data'
import { PanelHead } from './panel-head'

/** All versions of a flow: looked at, compared, put in force, taken back. */
export function VersionsPanel(props: {
  flow: FlowView
  shown?: number
  hasDraft: boolean
  mayManage: boolean
  onShow: (n: number | undefined) => void
  onCompare: (from: number | 'draft', to: number | 'draft') => void
  onActivate: (n: number) => void
  onClose: () => void
}) {
  const { t } = useTranslation()
  const { modal, message } = App.useApp()
  const showError = useShowError()
  const versions = useFlowVersions(props.flow.id)
  const back = useRollBack(props.flow.id)
  const older = (list: FlowVersionView[]) =>
    list.find((v) => v.activated_at && v.number < (props.flow.active ?? 0))
  return (
    <aside className="versions-panel" aria-label={t('flow.versions')}>
      <PanelHead title={t('flow.versions')} onClose={props.onClose} />
      <div className="panel-scroll">
        <Loaded query={versions}>
          {(list) => {
            const before = older(list)
            return (
              <>
                {props.mayManage && before && (
                  <Button
                    block
                    icon={<RollbackOutlined />}
                    loading={back.isPending}
                    onClick={() =>
                      modal.confirm({
                        title: t('editor.roll_back_title', { n: before.number }),
                        content: t('editor.roll_back_text'),
                        okText: t('editor.roll_back'),
                        cancelText: t('common.cancel'),
                        onOk: () =>
                          back
                            .mutateAsync()
                            .then((f) => message.success(t('flow.activated', { n: f.active })))
                            .catch(showError),
                      })
                    }
                  >
                    {t('editor.roll_back_to', { n: before.number })}
                  </Button>
                )}
                {list.length === 0 && <p className="muted">{t('editor.no_versions')}</p>}
                <ul className="version-list">
                  {list.map((v, i) => (
                    <li key={v.number} className={v.number === props.shown ? 'on' : ''}>
                      <div>
                        <strong>{t('flow.version', { n: v.number })}</strong>{' '}
                        {v.active && <Tag tone="good">{t('flow.in_force')}</Tag>}
                      </div>
                      <small className="muted">
                        <When at={v.created_at} /> {v.created_by}
                      </small>
                      {v.note && <small>{v.note}</small>}
                      <div className="version-actions">
                        <Button size="small" onClick={() => props.onShow(v.number)}>
                          {t('editor.look')}
                        </Button>
                        {(props.hasDraft || list.length > 1) && (
                          <Button
                            size="small"
                            onClick={() => {
                              const next = list[i + 1]
                              if (props.hasDraft) props.onCompare(v.number, 'draft')
                              else if (next) props.onCompare(next.number, v.number)
                              else props.onCompare(v.number, list[0]?.number ?? v.number)
                            }}
                          >
                            {t('editor.compare')}
                          </Button>
                        )}
                        {props.mayManage && !v.active && (
                          <Button size="small" onClick={() => props.onActivate(v.number)}>
                            {t('flow.activate')}
                          </Button>
                        )}
                      </div>
                    </li>
                  ))}
                </ul>
              </>
            )
          }}
        </Loaded>
      </div>
    </aside>
  )
}
