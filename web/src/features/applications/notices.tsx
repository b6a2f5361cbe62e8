import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { App, Button } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/features/session/session'
import { listen } from '@/lib/realtime'
import type { LiveNotice, MessageNotice } from '@/lib/types'
import { type ApplicationState, applicationsKey } from './data'

/** Tells this person what is for them alone, on whatever page they are. Mounted once, in the frame. */
export function useNotices() {
  const { t } = useTranslation()
  const { notification } = App.useApp()
  const client = useQueryClient()
  const navigate = useNavigate()
  const me = useMe()
  const topic = me.topics.notices
  useEffect(() => {
    if (!topic) return
    const again = () => client.invalidateQueries({ queryKey: applicationsKey })
    const message = (n: MessageNotice) => {
      const key = `voicemail-${n.call}`
      void client.invalidateQueries({ queryKey: ['calls', 'history'] })
      notification.info({
        key,
        title: t('pop.message', { from: n.customer || n.from || t('pop.unknown'), group: n.group }),
        placement: 'bottomRight',
        actions: (
          <Button
            type="link"
            size="small"
            onClick={() => {
              notification.destroy(key)
              void navigate({ to: '/calls/$id', params: { id: n.call } })
            }}
          >
            {t('pop.listen')}
          </Button>
        ),
      })
    }
    return listen<LiveNotice | MessageNotice>(
      topic,
      (n) => {
        if (n.kind === 'voicemail') return message(n)
        if (!n.kind.startsWith('application.')) return
        void again()
        const fresh = n.kind === 'application.new'
        if (n.by === me.user.name) return // one's own deed is no news
        const key = `${n.kind}-${n.id}`
        notification.info({
          key,
          title: fresh
            ? t('application.new_from', { name: n.by })
            : t('application.now', {
                state: t(`application.state.${n.state as ApplicationState}`),
              }),
          placement: 'bottomRight',
          actions: (
            <Button
              type="link"
              size="small"
              onClick={() => {
                notification.destroy(key)
                void navigate({ to: fresh ? '/settings/applications' : '/applications' })
              }}
            >
              {t('application.look')}
            </Button>
          ),
        })
      },
      again,
    )
  }, [client, me.user.name, navigate, notification, t, topic])
}
