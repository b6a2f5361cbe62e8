package simswitch

import (
	"strconv"
	"strings"
)

// room is a conference with somebody in it.
type room struct {
	name, profile, uuid string
	members             []*channel
	last                int
}

func (r *room) headers(b []byte) []byte {
	b = appendHeader(b, "Conference-Name", r.name)
	b = append(b, "Conference-Domain: switchdesk\n"...)
	b = appendHeader(b, "Conference-Size", strconv.Itoa(len(r.members)))
	b = append(b, "Conference-Ghosts: 0\n"...)
	b = appendHeader(b, "Conference-Profile-Name", r.profile)
	return appendHeader(b, "Conference-Unique-ID", r.uuid)
}

func (e *Engine) tellRoom(r *room, act string) {
	e.announce(evCustom, conferenceEvents, func(b []byte) []byte {
		return appendHeader(r.headers(b), "Action", act)
	})
}

const conferenceEvents = "conference::maintenance"

// tellMember tells a conference event with the headers of a member's leg.
func (c *channel) tellMember(r *room, act string) {
	e := c.e
	e.seq++
	e.stats.Events++
	if !e.want.has(evCustom) {
		return
	}
	b := e.appendBasics(e.scratch[:0], evCustom, conferenceEvents, e.Now())
	b = c.appendCaller(c.appendState(r.headers(b)))
	b = appendHeader(b, "Member-ID", strconv.Itoa(c.member))
	b = append(b, "Hear: true\nSpeak: true\nTalking: false\nMember-Type: member\n"...)
	b = append(appendHeader(b, "Action", act), '\n')
	e.scratch = b
	e.deliver(evCustom, conferenceEvents, c.uuid, b, "")
}

// appConference joins "name@profile+flags"; the application lasts as long as
// the leg is in the room.
func appConference(c *channel, f *frame) {
	if c.room != nil {
		c.finish(f, "")
		return
	}
	name, rest, _ := strings.Cut(f.arg, "@")
	name, _, _ = strings.Cut(name, "+")
	profile, _, _ := strings.Cut(rest, "+")
	if profile == "" {
		profile = "default"
	}
	c.answerLeg()
	r := c.e.rooms[name]
	if r == nil {
		r = &room{name: name, profile: profile, uuid: c.e.newUUID()}
		c.e.rooms[name] = r
		c.e.tellRoom(r, "conference-create")
	}
	r.last++
	r.members = append(r.members, c)
	c.room, c.member = r, r.last
	c.set("conference_name", name)
	c.set("conference_member_id", strconv.Itoa(c.member))
	c.set("conference_uuid", r.uuid)
	c.tellMember(r, "add-member")
}

// leaveRoom takes a leg out of its conference; the application goes on or
// ends by whoever called.
func (c *channel) leaveRoom() {
	r := c.room
	if r == nil {
		return
	}
	c.room = nil
	for i, m := range r.members {
		if m == c {
			r.members = append(r.members[:i], r.members[i+1:]...)
			break
		}
	}
	c.tellMember(r, "del-member")
	if len(r.members) == 0 {
		delete(c.e.rooms, r.name)
		c.e.tellRoom(r, "conference-destroy")
	}
}

func (c *channel) kicked() {
	r := c.room
	if r == nil {
		return
	}
	c.tellMember(r, "kick-member")
	c.leaveRoom()
	for i := len(c.stack) - 1; i >= 0; i-- {
		if c.stack[i].app == "conference" {
			c.finish(c.stack[i], "")
			return
		}
	}
}

// conferenceAPI is the conference command, as far as anyone needs it here.
func (e *Engine) conferenceAPI(arg string) string {
	name, rest := cut(arg)
	if name == "list" || name == "" {
		if len(e.rooms) == 0 {
			return "+OK No active conferences.\n"
		}
		var b strings.Builder
		for _, r := range e.rooms {
			b.WriteString("+OK Conference " + r.name + " (" + strconv.Itoa(len(r.members)) + " member rate: 8000 flags: running|answered)\n")
			r.list(&b)
		}
		return b.String()
	}
	r := e.rooms[name]
	if r == nil {
		return "-ERR Conference " + name + " not found\n"
	}
	verb, who := cut(rest)
	if verb == "list" {
		var b strings.Builder
		r.list(&b)
		return b.String()
	}
	var hit []*channel
	for _, m := range r.members {
		if who == "all" || who == strconv.Itoa(m.member) {
			hit = append(hit, m)
		}
	}
	if len(hit) == 0 {
		return "-ERR Non-Existant ID " + who + "\n"
	}
	for _, m := range hit {
		switch verb {
		case "kick":
			m.kicked()
		case "hup":
			m.hangup("NORMAL_CLEARING")
		case "mute", "unmute", "deaf", "undeaf", "hold", "unhold":
			m.tellMember(r, verb+"-member")
		default:
			return "-ERR Conference " + verb + " not found\n"
		}
	}
	if verb == "kick" {
		return "+OK kicked " + strconv.Itoa(len(hit)) + "\n"
	}
	return "+OK " + verb + " " + who + "\n"
}

func (r *room) list(b *strings.Builder) {
	for _, m := range r.members {
		b.WriteString(strconv.Itoa(m.member) + ";" + m.name + ";" + m.uuid + ";" + m.cidName + ";" + m.cidNum + ";hear|speak|talking;0;0;0\n")
	}
}
