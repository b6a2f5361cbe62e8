import {
  BackwardOutlined,
  CaretRightOutlined,
  DownloadOutlined,
  ForwardOutlined,
  PauseOutlined,
  SoundOutlined,
  WarningOutlined,
} from '@ant-design/icons'
import { Button, Select, Tooltip } from 'antd'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMode } from '@/app/theme'
import { useCan } from '@/features/session/session'
import { clockText } from '@/lib/time'
import type { CallPage, RecordingView } from '@/lib/types'

const speeds = [0.75, 1, 1.25, 1.5, 2]
const step = 5 // seconds that one arrow press moves
const drawable = 48 << 20 // bytes; a longer recording plays without its waveform

/** The recording of a call: what it sounds like, or why it can't be heard. */
export function Player({ call }: { call: CallPage }) {
  const { t } = useTranslation()
  const can = useCan()
  if (call.recording === 'none' || !call.audio) return null
  if (call.recording === 'waiting') {
    return (
      <div className="player-line">
        <SoundOutlined /> {t('player.waiting')}
      </div>
    )
  }
  if (call.recording === 'expired') {
    return (
      <div className="player-line">
        <SoundOutlined /> {t('player.expired')}
      </div>
    )
  }
  if (call.recording === 'missing') {
    return (
      <div className="player-line bad" role="alert">
        <WarningOutlined /> {t('player.missing')}
      </div>
    )
  }
  if (!can('calls.listen')) return <div className="player-line">{t('player.forbidden')}</div>
  return <Wave key={call.id} audio={call.audio} mayDownload={can('calls.download')} />
}

interface Playing {
  ready: boolean
  failed: boolean
  playing: boolean
  at: number
  length: number
}

function Wave({ audio, mayDownload }: { audio: RecordingView; mayDownload: boolean }) {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const [state, wave] = useWave(box, audio)
  const [speed, setSpeed] = useState(1)
  const jump = (by: number) => wave?.setTime(Math.min(Math.max(0, state.at + by), state.length))
  const onKey = (e: KeyboardEvent) => {
    if (e.key === 'ArrowLeft') jump(-step)
    else if (e.key === 'ArrowRight') jump(step)
    else if (e.key === 'Home') wave?.setTime(0)
    else if (e.key === 'End') wave?.setTime(state.length)
    else if (e.key === ' ' || e.key === 'Enter') void wave?.playPause()
    else return
    e.preventDefault()
  }
  if (state.failed) {
    return (
      <div className="player-line bad" role="alert">
        <WarningOutlined /> {t('player.failed')}
      </div>
    )
  }
  return (
    <section className="player" aria-label={t('call.recording')}>
      <Button
        shape="circle"
        type="primary"
        size="large"
        disabled={!state.ready}
        icon={state.playing ? <PauseOutlined /> : <CaretRightOutlined />}
        aria-label={t(state.playing ? 'player.pause' : 'player.play')}
        onClick={() => void wave?.playPause()}
      />
      <div className="player-wave">
        <div className="player-sides" aria-hidden="true">
          <span>{t('player.customer')}</span>
          <span>{t('player.agent')}</span>
        </div>
        <div
          ref={box}
          role="slider"
          tabIndex={0}
          aria-label={t('player.position')}
          aria-valuemin={0}
          aria-valuemax={Math.round(state.length)}
          aria-valuenow={Math.round(state.at)}
          aria-valuetext={`${clockText(state.at)} / ${clockText(state.length)}`}
          onKeyDown={onKey}
          className={`player-box ${state.ready ? '' : 'loading'}`}
        />
      </div>
      <div className="player-controls">
        <span className="tabular player-time">
          {clockText(Math.floor(state.at))}{' '}
          <span className="faint">/ {clockText(state.length)}</span>
        </span>
        <span className="player-buttons">
          <Tooltip title={t('player.back', { seconds: step })}>
            <button
              type="button"
              className="icon-button"
              aria-label={t('player.back', { seconds: step })}
              onClick={() => jump(-step)}
            >
              <BackwardOutlined />
            </button>
          </Tooltip>
          <Tooltip title={t('player.on', { seconds: step })}>
            <button
              type="button"
              className="icon-button"
              aria-label={t('player.on', { seconds: step })}
              onClick={() => jump(step)}
            >
              <ForwardOutlined />
            </button>
          </Tooltip>
          <Select
            size="small"
            variant="borderless"
            aria-label={t('player.speed')}
            value={speed}
            onChange={(v) => {
              setSpeed(v)
              wave?.setPlaybackRate(v, true)
            }}
            options={speeds.map((s) => ({ value: s, label: `${s}×` }))}
          />
          {mayDownload && (
            <Tooltip title={t('player.download')}>
              <a
                className="icon-button"
                href={`${audio.url}?download=1`}
                download
                aria-label={t('player.download')}
              >
                <DownloadOutlined />
              </a>
            </Tooltip>
          )}
        </span>
      </div>
    </section>
  )
}

/** Loads the waveform's code when a recording is first shown. */
function useWave(box: React.RefObject<HTMLDivElement | null>, audio: RecordingView) {
  const mode = useMode()
  const [state, set] = useState<Playing>({
    ready: false,
    failed: false,
    playing: false,
    at: 0,
    length: audio.seconds,
  })
  const [wave, setWave] = useState<import('wavesurfer.js').default>()
  const { url, bytes, seconds } = audio
  // The colours of the waveform are read when it is made: another look, another waveform.
  // biome-ignore lint/correctness/useExhaustiveDependencies: mode changes the colours
  useEffect(() => {
    let gone = false
    let made: import('wavesurfer.js').default | undefined
    void import('wavesurfer.js').then(({ default: WaveSurfer }) => {
      if (gone || !box.current) return
      const css = getComputedStyle(document.documentElement)
      const color = (name: string) => css.getPropertyValue(name).trim()
      const lane = (wave: string, progress: string) => ({
        waveColor: color(wave),
        progressColor: color(progress),
      })
      const w = WaveSurfer.create({
        container: box.current,
        url,
        height: 26,
        barWidth: 2,
        barGap: 1,
        barRadius: 2,
        normalize: true,
        cursorColor: color('--text'),
        cursorWidth: 1,
        dragToSeek: true,
        splitChannels: [
          lane('--line-strong', '--accent'),
          lane('--line-strong', '--state-talking'),
        ],
        ...(bytes > drawable ? { peaks: [[0], [0]], duration: seconds } : {}),
      })
      made = w
      w.on('ready', (length) => set((s) => ({ ...s, ready: true, length })))
      w.on('timeupdate', (at) => set((s) => ({ ...s, at })))
      w.on('play', () => set((s) => ({ ...s, playing: true })))
      w.on('pause', () => set((s) => ({ ...s, playing: false })))
      w.on('finish', () => set((s) => ({ ...s, playing: false })))
      w.on('error', () => set((s) => ({ ...s, failed: true })))
      setWave(w)
    })
    return () => {
      gone = true
      made?.destroy()
      setWave(undefined)
    }
  }, [box, url, bytes, seconds, mode])
  return [state, wave] as const
}
