import { InboxOutlined, LockOutlined, ReloadOutlined, WarningOutlined } from '@ant-design/icons'
import { Button, Skeleton } from 'antd'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '@/lib/api'
import './page-state.css'

function Panel(props: {
  icon: ReactNode
  title: string
  text?: ReactNode
  action?: ReactNode
  tone?: 'danger'
  role?: 'alert'
  page?: boolean
}) {
  return (
    <div className={`page-state ${props.tone ?? ''}`} role={props.role}>
      <div className="page-state-icon">{props.icon}</div>
      {props.page ? <h1>{props.title}</h1> : <h2>{props.title}</h2>}
      {props.text && <p>{props.text}</p>}
      {props.action}
    </div>
  )
}

/** Nothing here yet, and what to do about it. */
export function Empty(props: { title: string; text?: ReactNode; action?: ReactNode }) {
  return <Panel icon={<InboxOutlined />} {...props} />
}

/** May not be seen: says which right is missing and whom to ask. */
export function Forbidden({ right }: { right?: string }) {
  const { t } = useTranslation()
  return (
    <Panel
      page
      icon={<LockOutlined />}
      title={t('page.forbidden')}
      text={
        right
          ? t('page.forbidden_right', { right: t(`right.${right}` as never) })
          : t('page.forbidden_text')
      }
    />
  )
}

/** Went wrong: what happened, a way to try again, and what to quote. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation()
  if (error instanceof ApiError && error.status === 403) return <Forbidden />
  const id = error instanceof ApiError ? error.requestId : undefined
  return (
    <Panel
      role="alert"
      tone="danger"
      icon={<WarningOutlined />}
      title={t('page.failed')}
      text={
        <>
          {errorText(error, t)}
          {id && <small>{t('page.request_id', { id })}</small>}
        </>
      }
      action={
        retry && (
          <Button icon={<ReloadOutlined />} onClick={retry}>
            {t('page.retry')}
          </Button>
        )
      }
    />
  )
}

/** The sentence for an error: ours by its code where we have one, else the server's own. */
export function errorText(error: unknown, t: TFunction): string {
  if (!(error instanceof ApiError)) return t('error.unknown')
  const known = (t as (key: string, o: object) => string)(
    `error.${error.code.replaceAll('.', '_')}`,
    { defaultValue: '' },
  )
  return known || error.message || t('error.unknown')
}

interface QueryLike<T> {
  data: T | undefined
  error: unknown
  isPending: boolean
  refetch: () => unknown
}

/**
 * Draws what a query has: a skeleton while it loads, the reason if it failed,
 * the page otherwise. Data that is merely old stays on the page.
 */
export function Loaded<T>(props: {
  query: QueryLike<T>
  skeleton?: ReactNode
  children: (data: T) => ReactNode
}) {
  const { query } = props
  if (query.data !== undefined) return <>{props.children(query.data)}</>
  if (query.isPending)
    return (
      <>
        {props.skeleton ?? (
          <Skeleton active title={false} paragraph={{ rows: 6 }} style={{ padding: 24 }} />
        )}
      </>
    )
  return <Failed error={query.error} retry={() => query.refetch()} />
}
