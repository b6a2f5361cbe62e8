/**
 * One tab of many holds the baton. Where the browser has no Web Locks every
 * tab believes it holds it, which is how it was before tabs.
 */
export class Baton {
  holds = false
  private release?: () => void
  private dropped = false
  private channel?: BroadcastChannel
  private answers = new Map<string, () => void>()

  constructor(
    name: string,
    private on: { taken: () => void; asked: (what: string) => boolean },
  ) {
    if ('BroadcastChannel' in globalThis) {
      this.channel = new BroadcastChannel(name)
      this.channel.onmessage = (e: MessageEvent<{ ask?: string; done?: string }>) => {
        if (e.data.ask && this.holds && this.on.asked(e.data.ask)) {
          this.channel?.postMessage({ done: e.data.ask })
        }
        if (e.data.done) this.answers.get(e.data.done)?.()
      }
    }
    const locks = globalThis.navigator?.locks
    if (!locks) {
      this.take()
      return
    }
    void locks.request(name, () => {
      if (this.dropped) return
      this.take()
      return new Promise<void>((release) => {
        this.release = release
      })
    })
  }

  private take() {
    this.holds = true
    this.on.taken()
  }

  /** Asks the tab that holds the baton; false if it has not done it within 400 ms. */
  ask(what: string): Promise<boolean> {
    if (!this.channel) return Promise.resolve(false)
    return new Promise((resolve) => {
      const timer = setTimeout(() => finish(false), 400)
      const finish = (done: boolean) => {
        clearTimeout(timer)
        this.answers.delete(what)
        resolve(done)
      }
      this.answers.set(what, () => finish(true))
      this.channel?.postMessage({ ask: what })
    })
  }

  /** Gives the baton up; the next tab takes it. */
  drop() {
    this.dropped = true
    this.holds = false
    this.release?.()
    this.channel?.close()
  }
}
