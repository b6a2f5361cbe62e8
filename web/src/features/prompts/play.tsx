import { LoadingOutlined, PauseCircleFilled, PlayCircleOutlined } from '@ant-design/icons'
import { App, Button } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

/** One sound of the page at a time: playing another stops the one before. */
export function useSound() {
  const { t } = useTranslation()
  const { message } = App.useApp()
  const audio = useRef<HTMLAudioElement>(undefined)
  const [url, setUrl] = useState<string>()
  const [loading, setLoading] = useState(false)
  const stop = () => {
    audio.current?.pause()
    audio.current = undefined
    setUrl(undefined)
    setLoading(false)
  }
  useEffect(() => () => audio.current?.pause(), [])
  /** Plays the sounds of `row` one after the other; `next` is what they are known by. */
  const play = (next: string, row = [next]) => {
    stop()
    const a = new Audio(row[0])
    audio.current = a
    const mine = () => audio.current === a
    let at = 0
    a.onended = () => {
      if (!mine()) return
      const after = row[++at]
      if (after === undefined) return stop()
      a.src = after
      void a.play().catch(() => undefined)
    }
    a.onplaying = () => mine() && setLoading(false)
    a.onerror = () => {
      if (!mine()) return
      stop()
      message.error(t('prompt.cant_play'))
    }
    setUrl(next)
    setLoading(true)
    void a.play().catch(() => undefined) // told by onerror
  }
  return { url, loading, play, stop }
}

/** Plays a sound, or stops it. */
export function Play(props: {
  sound: ReturnType<typeof useSound>
  url: string
  /** Several sounds one after the other; then `url` only tells them from others. */
  row?: string[]
  name: string
}) {
  const { t } = useTranslation()
  const { sound, url, row, name } = props
  const on = sound.url === url
  return (
    <Button
      type="text"
      shape="circle"
      className={`play ${on ? 'on' : ''}`}
      aria-label={t(on ? 'prompt.stop' : 'prompt.play', { name })}
      aria-pressed={on}
      icon={
        !on ? <PlayCircleOutlined /> : sound.loading ? <LoadingOutlined /> : <PauseCircleFilled />
      }
      onClick={(e) => {
        e.stopPropagation()
        if (on) sound.stop()
        else sound.play(url, row)
      }}
    />
  )
}
