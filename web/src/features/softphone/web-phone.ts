import type { UA } from 'jssip'
import type { RTCSession } from 'jssip/lib/RTCSession'
import { api } from '@/lib/api'
import type { BarCall, SoftphoneCredentials, SoftphoneNet } from '@/lib/types'
import { Baton } from './baton'

/** Why the web phone can't be used; each has its own words in the bar. */
export type PhoneProblem = 'insecure' | 'mic_denied' | 'mic_missing' | 'mic_failed' | 'unreachable'

export interface PhoneState {
  /** off: another method answers; here: this tab is the phone; elsewhere: another tab is. */
  place: 'off' | 'here' | 'elsewhere'
  registered: boolean
  problem?: PhoneProblem
  muted: boolean
  /** The calls whose sound is, or could be, in this tab. */
  calls: string[]
}

const gathering = 400 // milliseconds for further ways to be found, after the first

const off: PhoneState = { place: 'off', registered: false, muted: false, calls: [] }

/**
 * The phone in the browser: a SIP client over WebSocket. Of all tabs that are
 * open only the one that holds the baton registers; the others ask it to
 * answer.
 */
class WebPhone {
  private state = off
  private listeners = new Set<() => void>()
  private baton?: Baton
  private ua?: UA
  private sessions = new Map<string, RTCSession>()
  private renewal?: ReturnType<typeof setTimeout>
  private audio?: HTMLAudioElement
  private own?: string // the agent's own outbound call: its leg is answered by itself
  private net?: SoftphoneNet

  subscribe = (fn: () => void) => {
    this.listeners.add(fn)
    return () => {
      this.listeners.delete(fn)
    }
  }

  current = () => this.state

  /** A reload cuts the sound of a talk: the browser asks before it does so. */
  private guard = (e: BeforeUnloadEvent) => {
    if ([...this.sessions.values()].some((s) => s.isEstablished())) e.preventDefault()
  }

  private set(patch: Partial<PhoneState>) {
    this.state = { ...this.state, ...patch }
    for (const f of this.listeners) f()
  }

  /** Becomes the phone, or waits to become it while another tab is. */
  start(net: SoftphoneNet) {
    if (this.baton) return
    this.net = net
    window.addEventListener('beforeunload', this.guard)
    this.set({ place: 'elsewhere' })
    this.baton = new Baton('switchdesk-phone', {
      taken: () => void this.open(),
      asked: (call) => this.accept(call),
    })
  }

  /** Stops being the phone: another method answers from now on, or the page closes. */
  stop() {
    window.removeEventListener('beforeunload', this.guard)
    this.baton?.drop()
    this.baton = undefined
    this.close()
    this.set(off)
  }

  /** Tells the phone which call is in the agent's hand. */
  follow(call: BarCall | undefined) {
    this.own = call?.direction === 'out' ? call.id : undefined
    if (this.own && this.sessions.has(this.own)) this.accept(this.own)
  }

  /**
   * Answers a call here or in the tab that is the phone. False if no tab has
   * it: then the floor must be told instead.
   */
  async answer(call: string): Promise<boolean> {
    if (this.accept(call)) return true
    return this.baton?.holds === false ? this.baton.ask(call) : false
  }

  mute(on: boolean) {
    for (const s of this.sessions.values()) on ? s.mute({ audio: true }) : s.unmute({ audio: true })
    this.set({ muted: on })
  }

  private accept(call: string): boolean {
    const session = this.sessions.get(call)
    if (!session) return false
    if (session.isInProgress()) {
      session.answer({
        mediaConstraints: {
          audio: { autoGainControl: true, echoCancellation: true, noiseSuppression: true },
          video: false,
        },
        pcConfig: { iceServers: this.net?.ice_servers ?? [] },
      })
    }
    return true
  }

  private async open() {
    this.set({ place: 'here', problem: undefined })
    if (!navigator.mediaDevices?.getUserMedia) {
      this.set({ problem: 'insecure' })
      return
    }
    await this.watchMicrophone()
    try {
      const [credentials, jssip] = await Promise.all([this.credentials(), import('jssip')])
      if (!this.baton?.holds) return
      const ua = new jssip.UA({
        sockets: [new jssip.WebSocketInterface(credentials.ws_url)],
        uri: `sip:${credentials.user}@${credentials.domain}`,
        authorization_user: credentials.user,
        password: credentials.password,
        display_name: credentials.user,
        register: true,
        register_expires: 120,
        session_timers: false,
        connection_recovery_min_interval: 1,
        connection_recovery_max_interval: 10,
      })
      ua.on('registered', () => this.set({ registered: true, problem: this.microphone() }))
      ua.on('unregistered', () => this.set({ registered: false }))
      ua.on('registrationFailed', () => this.set({ registered: false, problem: 'unreachable' }))
      ua.on('disconnected', () => this.set({ registered: false, problem: 'unreachable' }))
      ua.on('newRTCSession', (e: { originator: string; session: RTCSession; request: unknown }) => {
        if (e.originator === 'remote') {
          this.arrived(e.session, e.request as { getHeader(name: string): string | undefined })
        }
      })
      this.ua = ua
      ua.start()
      this.renewLater(credentials)
    } catch {
      this.set({ problem: 'unreachable' })
      this.renewal = setTimeout(() => this.baton?.holds && void this.open(), 5000)
    }
  }

  private close() {
    clearTimeout(this.renewal)
    this.renewal = undefined
    this.ua?.stop()
    this.ua = undefined
    this.sessions.clear()
    if (this.audio) this.audio.srcObject = null
  }

  private credentials() {
    return api.post('/api/softphone/credentials')
  }

  /** Credentials are short-lived: new ones are set before the old ones end. */
  private renewLater(c: SoftphoneCredentials) {
    const left = Date.parse(c.expires_at) - Date.now()
    this.renewal = setTimeout(
      async () => {
        try {
          const next = await this.credentials()
          this.ua?.set('password', next.password)
          this.ua?.register()
          this.renewLater(next)
        } catch {
          this.renewLater({ ...c, expires_at: new Date(Date.now() + 30_000).toISOString() })
        }
      },
      Math.max(5000, left * 0.8),
    )
  }

  private arrived(session: RTCSession, request: { getHeader(name: string): string | undefined }) {
    const call = request.getHeader('X-Switchdesk-Call') ?? session.id
    this.sessions.set(call, session)
    this.set({ calls: [...this.sessions.keys()], muted: false })
    const gone = () => {
      if (this.sessions.get(call) !== session) return
      this.sessions.delete(call)
      this.set({ calls: [...this.sessions.keys()], muted: false })
    }
    session.on('ended', gone)
    session.on('failed', gone)
    session.on('getusermediafailed', (err: unknown) => {
      const name = err instanceof DOMException ? err.name : ''
      this.set({
        problem:
          name === 'NotAllowedError'
            ? 'mic_denied'
            : name === 'NotFoundError'
              ? 'mic_missing'
              : 'mic_failed',
      })
    })
    // One candidate is mostly enough; a slow or unreachable STUN server must not delay the answer.
    let waiting = false
    session.on('icecandidate', (e: { ready: () => void }) => {
      if (!waiting) setTimeout(e.ready, gathering)
      waiting = true
    })
    const hear = (pc: RTCPeerConnection) =>
      pc.addEventListener('track', (e) => this.play(e.streams[0] ?? new MediaStream([e.track])))
    if (session.connection) hear(session.connection)
    session.on('peerconnection', (e: { peerconnection: RTCPeerConnection }) =>
      hear(e.peerconnection),
    )
    if (this.own === call) this.accept(call)
  }

  private play(stream: MediaStream) {
    this.audio ??= new Audio()
    this.audio.autoplay = true
    this.audio.srcObject = stream
    void this.audio.play().catch(() => {
      // The browser wants a gesture first; answering was one, so the next track plays.
    })
  }

  private permission?: PermissionStatus

  private async watchMicrophone() {
    try {
      this.permission = await navigator.permissions.query({ name: 'microphone' as PermissionName })
      this.permission.onchange = () => this.set({ problem: this.microphone() })
      this.set({ problem: this.microphone() })
    } catch {
      // This browser doesn't tell; the first call will.
    }
  }

  private microphone(): PhoneProblem | undefined {
    return this.permission?.state === 'denied' ? 'mic_denied' : undefined
  }
}

export const webPhone = new WebPhone()
