import { LeftOutlined, UploadOutlined } from '@ant-design/icons'
import { Link, useParams } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '@/features/session/session'
import { groupNumber } from '@/lib/phone-number'
import type { FlowPage as Flow, Problem } from '@/lib/types'
import { PageHead, Tag, When } from '@/ui/bits'
import { Need } from '@/ui/need'
import { Loaded } from '@/ui/page-state'
import { useShowError } from '@/ui/side-sheet'
import { useActivateFlow, useCheckFlow, useFlow, useFlowVersions } from './data'
import { Problems } from './problems'
import { SourceEditor } from './source-editor'
import { UploadSheet } from './upload-sheet'
import './flows.css'

/** One flow: its versions, which one is in force, and the source. */
export function FlowPage() {
  const { id } = useParams({ strict: false }) as { id: string }
  return (
    <Need right={['flows.read', 'flows.manage']}>
      <OneFlow key={id} id={Number(id)} />
    </Need>
  )
}

function OneFlow({ id }: { id: number }) {
  const [version, setVersion] = useState<number>()
  const versions = useFlowVersions(id)
  const shown = version ?? versions.data?.[0]?.number
  const flow = useFlow(id, shown)
  return (
    <Loaded query={flow}>
      {(f) => <Shown flow={f} shown={shown ?? f.version.number} onShow={setVersion} />}
    </Loaded>
  )
}

function Shown({
  flow,
  shown,
  onShow,
}: {
  flow: Flow
  shown: number
  onShow: (n: number | undefined) => void
}) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const can = useCan()
  const showError = useShowError()
  const versions = useFlowVersions(flow.id)
  const activate = useActivateFlow(flow.id)
  const check = useCheckFlow()
  const [problems, setProblems] = useState<Problem[]>()
  const [line, setLine] = useState<number>()
  const [uploading, setUploading] = useState(false)
  const inForce = flow.active === shown
  const putInForce = () =>
    activate.mutate(shown, {
      onSuccess: () => message.success(t('flow.activated', { n: shown })),
      onError: (err) => showError(err),
    })
  return (
    <div className="flow-page">
      <Link to="/settings/flows" className="back">
        <LeftOutlined /> {t('section.flows')}
      </Link>
      <PageHead
        title={
          <>
            {flow.name}{' '}
            <Tag tone={inForce ? 'good' : 'warn'}>
              {t('flow.version', { n: shown })} ·{' '}
              {t(inForce ? 'flow.in_force' : 'flow.not_in_force')}
            </Tag>
          </>
        }
        text={
          flow.numbers.length > 0
            ? t('flow.used_by', { numbers: flow.numbers.map(groupNumber).join('、') })
            : t('flow.unused')
        }
      >
        {can('flows.manage') && (
          <>
            <Button
              loading={check.isPending}
              onClick={() =>
                check.mutate(
                  { name: flow.name, file: flow.version.file, source: flow.source },
                  { onSuccess: (c) => setProblems(c.problems), onError: (err) => showError(err) },
                )
              }
            >
              {t('flow.check')}
            </Button>
            <Button icon={<UploadOutlined />} onClick={() => setUploading(true)}>
              {t('flow.new_version')}
            </Button>
            <Button
              type="primary"
              disabled={inForce}
              loading={activate.isPending}
              onClick={putInForce}
            >
              {t('flow.activate')}
            </Button>
          </>
        )}
      </PageHead>
      {problems && <Problems problems={problems} onJump={setLine} />}
      <div className="flow-columns">
        <SourceEditor
          label={t('flow.source')}
          value={flow.source}
          problems={problems ?? []}
          line={line}
        />
        <aside className="versions">
          <h2>{t('flow.versions')}</h2>
          <Loaded query={versions}>
            {(list) => (
              <ul>
                {list.map((v) => (
                  <li key={v.number}>
                    <button
                      type="button"
                      className={v.number === shown ? 'on' : ''}
                      aria-pressed={v.number === shown}
                      onClick={() => {
                        setProblems(undefined)
                        onShow(v.number)
                      }}
                    >
                      <span>
                        <strong>{t('flow.version', { n: v.number })}</strong>
                        {v.active && <Tag tone="good">{t('flow.in_force')}</Tag>}
                      </span>
                      <small>
                        <When at={v.created_at} /> {v.created_by}
                      </small>
                      {v.note && <small>{v.note}</small>}
                    </button>
                  </li>
                ))}
              </ul>
            )}
          </Loaded>
        </aside>
      </div>
      <UploadSheet
        open={uploading}
        flow={flow}
        source={flow.source}
        onClose={() => setUploading(false)}
        onUploaded={(u) => onShow(u.number)}
      />
    </div>
  )
}
