import { DownloadOutlined, RedoOutlined, StopOutlined } from '@ant-design/icons'
import { App, Button, Progress, Segmented, Tooltip } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCan } from '@/features/session/session'
import type { TaskView } from '@/lib/types'
import { PageHead, Tag, When } from '@/ui/bits'
import { type Columns, DataTable } from '@/ui/data-table'
import { Empty } from '@/ui/page-state'
import { useShowError } from '@/ui/side-sheet'
import { active, useSteerTask, useTasks, useTasksFeed } from './data'
import './tasks.css'

/** Long work: what is under way, what came of it, and its files. */
export function TasksPage() {
  useTasksFeed()
  const { t } = useTranslation()
  const [all, setAll] = useState(false)
  const everybody = useCan()('account.manage')
  const rows = useTasks(all)
  const columns: Columns<TaskView> = [
    {
      title: t('tasks.what'),
      render: (_, r) => (
        <div className="task-what">
          <strong>{t(`tasks.kind.${r.kind.replace('.', '_')}` as never)}</strong>
          <small className="tabular">
            {[`#${r.id}`, all ? r.owner : ''].filter(Boolean).join(' · ')}
          </small>
        </div>
      ),
    },
    { title: t('tasks.state'), render: (_, r) => <State task={r} /> },
    { title: t('tasks.progress'), width: 300, render: (_, r) => <Bar task={r} /> },
    { title: t('tasks.created'), render: (_, r) => <When at={r.created_at} /> },
    {
      title: t('tasks.until'),
      render: (_, r) =>
        r.state === 'done' && r.expires_at ? <When at={r.expires_at} /> : <span>—</span>,
    },
    {
      title: <span className="visually-hidden">{t('tasks.actions')}</span>,
      align: 'right',
      render: (_, r) => <Actions task={r} />,
    },
  ]
  return (
    <main className="tasks-page">
      <PageHead title={t('section.tasks')} text={t('tasks.text')}>
        {everybody && (
          <Segmented
            aria-label={t('tasks.whose')}
            value={all ? 'all' : 'mine'}
            onChange={(v) => setAll(v === 'all')}
            options={[
              { value: 'mine', label: t('tasks.mine') },
              { value: 'all', label: t('tasks.all') },
            ]}
          />
        )}
      </PageHead>
      <DataTable
        label={t('section.tasks')}
        rows={rows}
        columns={columns}
        rowKey="id"
        empty={<Empty title={t('tasks.none')} text={t('tasks.none_text')} />}
      />
    </main>
  )
}

const tones: Record<TaskView['state'], string> = {
  waiting: 'plain',
  running: 'info',
  done: 'good',
  failed: 'bad',
  cancelled: 'plain',
  expired: 'warn',
}

function State({ task }: { task: TaskView }) {
  const { t } = useTranslation()
  return (
    <Tag tone={tones[task.state]}>{t(`tasks.is.${task.stopping ? 'stopping' : task.state}`)}</Tag>
  )
}

function Bar({ task }: { task: TaskView }) {
  const { t } = useTranslation()
  const errors = useErrorText()
  if (task.state === 'failed') return <span className="task-error">{errors(task)}</span>
  if (task.state === 'done' || task.state === 'expired') {
    return (
      <span className="tabular">
        {t('tasks.result', {
          n: (task.rows ?? task.done).toLocaleString(),
          size: size(task.bytes ?? 0),
        })}
        {task.missing ? (
          <span className="task-missing"> · {t('tasks.missing', { n: task.missing })}</span>
        ) : null}
      </span>
    )
  }
  const share = task.total > 0 ? Math.floor((100 * task.done) / task.total) : 0
  return (
    <div className="task-bar">
      <Progress
        percent={share}
        size="small"
        status={active(task) ? 'active' : 'normal'}
        aria-label={t('tasks.progress')}
      />
      <small className="tabular">
        {task.total > 0
          ? t('tasks.count', {
              done: task.done.toLocaleString(),
              total: task.total.toLocaleString(),
            })
          : t('tasks.soon')}
        {task.error && active(task) ? ` · ${t('tasks.again', { why: errors(task) })}` : ''}
      </small>
    </div>
  )
}

/** Why a task failed: our words by its code where there are some. */
function useErrorText() {
  const { t } = useTranslation()
  const words = t as unknown as (key: string, opts: { defaultValue: string }) => string
  return (task: TaskView) =>
    words(`error.${(task.error_code ?? '').replaceAll('.', '_')}`, {
      defaultValue: task.error ?? '',
    }) || t('tasks.failed')
}

function Actions({ task }: { task: TaskView }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const showError = useShowError()
  const steer = useSteerTask()
  const go = (verb: 'cancel' | 'retry') =>
    steer.mutate(
      { id: task.id, verb },
      {
        onSuccess: () => void message.success(t(`tasks.told.${verb}`)),
        onError: (err) => showError(err),
      },
    )
  return (
    <span className="row-actions">
      {active(task) && !task.stopping && (
        <Button
          size="small"
          icon={<StopOutlined />}
          onClick={() => go('cancel')}
          loading={steer.isPending}
        >
          {t('tasks.cancel')}
        </Button>
      )}
      {(task.state === 'failed' || task.state === 'cancelled') && (
        <Button
          size="small"
          icon={<RedoOutlined />}
          onClick={() => go('retry')}
          loading={steer.isPending}
        >
          {t('tasks.retry')}
        </Button>
      )}
      {task.state === 'done' && task.file && (
        <Tooltip title={task.file}>
          <Button
            size="small"
            type="primary"
            icon={<DownloadOutlined />}
            href={`/api/tasks/${task.id}/file`}
            download={task.file}
          >
            {t('tasks.download')}
          </Button>
        </Tooltip>
      )}
    </span>
  )
}

/** Bytes as people read them. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  const units = ['KB', 'MB', 'GB', 'TB']
  let n = bytes
  let i = -1
  do {
    n /= 1024
    i++
  } while (n >= 1000 && i < units.length - 1)
  return `${n < 10 ? n.toFixed(1) : Math.round(n)} ${units[i]}`
}
