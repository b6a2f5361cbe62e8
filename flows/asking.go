package flows

// asking is what menu and input have in common: to ask for keys, and to ask
// again after none or wrong ones, until the tries are used up.
type asking struct {
	play, invalidPlay, timeoutPlay []spoken
	collect                        Collect // without prompts
	tries                          int
}

func newAsking(f fields) asking {
	return asking{
		play: f.prompts("play"), invalidPlay: f.prompts("invalid_play"), timeoutPlay: f.prompts("timeout_play"),
		tries: f.int("tries"),
		collect: Collect{
			Min: 1, Max: 1, Timeout: f.duration("timeout"), InterDigit: f.duration("between"),
		},
	}
}

func (a *asking) ask(w *walk, before []spoken) turn {
	c := a.collect
	c.Prompts = w.say(before, a.play)
	return act(c)
}

// again counts a failed try: it asks again, or leaves by the exit.
func (a *asking) again(w *walk, exit, input string, before []spoken, detail string) turn {
	w.r.Tries++
	w.r.Silent++
	if w.r.Tries >= a.tries {
		return leaveWith(exit, input, detail)
	}
	w.trail(w.n, turn{input: input, detail: detail})
	return a.ask(w, before)
}

func (a *asking) silent(w *walk, input string) turn {
	return a.again(w, "timeout", input, a.timeoutPlay, w.note("无按键", "no key"))
}

func (a *asking) wrong(w *walk, input string) turn {
	return a.again(w, "invalid", input, a.invalidPlay, w.note("输入错误", "wrong entry"))
}

func (a *asking) failed(w *walk, in Failed) turn {
	return a.again(w, "timeout", "", nil, w.note("收号失败", "keys not read")+" "+clip(in.What))
}

func (a *asking) see(see *seen) {
	see.prompts(a.play)
	see.prompts(a.invalidPlay)
	see.prompts(a.timeoutPlay)
}
