import { BranchesOutlined, LikeOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Input, Popover, Skeleton } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '@/lib/api'
import type { Bar, BarMenu } from '@/lib/types'
import { errorText } from '@/ui/page-state'
import type { BarCommand } from './data'
import { Verb } from './verb'

/** Sends the customer on: to a menu of a flow, or to the rating. The agent's part of the call ends with it. */
export function SendOn(props: { call: NonNullable<Bar['call']>; send: (cmd: BarCommand) => void }) {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const [open, setOpen] = useState(false)
  const { call, send } = props
  const asked = Boolean(call.survey_asked)
  return (
    <>
      <Popover
        open={open}
        onOpenChange={setOpen}
        trigger="click"
        placement="bottom"
        title={t('bar.to_menu')}
        destroyOnHidden
        content={
          <Menus
            onChoose={(m) => {
              setOpen(false)
              send({ do: 'menu', call: call.id, flow: m.flow, node: m.node })
              message.info(t('bar.menu_sent', { title: m.title || m.node }))
            }}
          />
        }
      >
        <span>
          <Verb
            icon={<BranchesOutlined />}
            label={t('bar.to_menu')}
            onClick={() => setOpen((was) => !was)}
          />
        </span>
      </Popover>
      <Verb
        icon={<LikeOutlined />}
        label={t(asked ? 'bar.survey_asked' : 'bar.survey')}
        off={asked}
        onClick={() => {
          send({ do: 'survey', call: call.id })
          message.info(t('bar.survey_sent'))
        }}
      />
    </>
  )
}

/** The menus that admins marked in the flows in force. */
function Menus({ onChoose }: { onChoose: (m: BarMenu) => void }) {
  const { t } = useTranslation()
  const [find, setFind] = useState('')
  const menus = useQuery({
    queryKey: ['bar', 'menus'],
    queryFn: async ({ signal }) => (await api.get('/api/bar/menus', { signal })).items,
  })
  if (menus.error) return <p role="alert">{errorText(menus.error, t)}</p>
  if (!menus.data) return <Skeleton active title={false} paragraph={{ rows: 3 }} />
  if (menus.data.length === 0) return <p className="bar-menus-none">{t('bar.no_menus')}</p>
  const words = find.trim().toLowerCase()
  const shown = menus.data.filter(
    (m) => !words || `${m.title} ${m.node} ${m.flow_name}`.toLowerCase().includes(words),
  )
  return (
    <div className="bar-menus">
      <p className="bar-menus-help">{t('bar.to_menu_help')}</p>
      {menus.data.length > 6 && (
        <Input
          allowClear
          placeholder={t('bar.find_menu')}
          aria-label={t('bar.find_menu')}
          onChange={(e) => setFind(e.target.value)}
        />
      )}
      <ul>
        {shown.map((m) => (
          <li key={`${m.flow}-${m.node}`}>
            <button type="button" onClick={() => onChoose(m)}>
              <strong>{m.title || m.node}</strong>
              <small>{m.flow_name}</small>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
