package api

import (
	"net/http"

	"switchdesk/applications"
)

// The usual verbs, short, so that the table reads as one.
const (
	get  = http.MethodGet
	post = http.MethodPost
	put  = http.MethodPut
	del  = http.MethodDelete
)

// routes is every route with its guard. TestRoutes walks it: signed out, without
// the right, and with another account's ids.
var routes = []Route{
	// Coming and going
	{post, "/api/session", open, "Sign in", run((*Server).signIn)},
	{del, "/api/session", inPerson, "Sign out", run((*Server).signOut)},
	{get, "/api/me", signedIn, "Who is signed in, and what they may do", run((*Server).me)},
	{put, "/api/me/password", inPerson, "Change the own password; other sessions end", run((*Server).changePassword)},
	{put, "/api/me/language", inPerson, "Change the own language", run((*Server).changeLanguage)},
	{get, "/api/me/sessions", inPerson, "Where the own login is signed in", run((*Server).mySessions)},
	{del, "/api/me/sessions/{id}", inPerson, "End one of the own sessions", run((*Server).endSession)},

	// The softphone bar
	{get, "/api/bar", atDesk, "The own bar now", run((*Server).bar)},
	{post, "/api/bar/state", atDesk, "Choose a state; while talking it follows the call", run((*Server).setState)},
	{post, "/api/bar/dial", atDesk, "Call a number", run((*Server).dial)},
	{post, "/api/bar/calls/{id}/answer", atDesk, "Answer the call that rings", run((*Server).answer)},
	{post, "/api/bar/calls/{id}/refuse", atDesk, "Refuse the call that rings", run((*Server).refuse)},
	{post, "/api/bar/calls/{id}/hangup", atDesk, "Hang up", run((*Server).hangup)},
	{post, "/api/bar/calls/{id}/hold", atDesk, "Let the customer hear music", run((*Server).hold)},
	{post, "/api/bar/calls/{id}/resume", atDesk, "Go on talking", run((*Server).resume)},
	{get, "/api/bar/menus", atDesk, "Menus that a customer may be sent to", run((*Server).menus)},
	{post, "/api/bar/calls/{id}/menu", atDesk, "Send the customer to a menu; the own part of the call ends", run((*Server).toMenu)},
	{post, "/api/bar/calls/{id}/survey", atDesk, "Ask the customer for a rating; the own part of the call ends", run((*Server).sendSurvey)},
	// passing a call on
	{get, "/api/bar/targets", atDesk, "Colleagues and groups that a call may be passed on to", run((*Server).targets)},
	{post, "/api/bar/calls/{id}/transfer", atDesk, "Pass the customer on; the own part of the call ends", run((*Server).transfer)},
	{post, "/api/bar/wrapup/extend", atDesk, "Wrap up for longer", run((*Server).extendWrapUp)},
	{post, "/api/bar/wrapup/finish", atDesk, "End the wrap-up now", run((*Server).finishWrapUp)},
	{put, "/api/bar/method", atDesk, "Answer by web, desk phone or mobile", run((*Server).setMethod)},
	{post, "/api/softphone/credentials", atDesk, "Short-lived credentials of the web softphone", run((*Server).softphone)},
	{get, "/api/incoming", atDesk, "What rang the own phone lately", run((*Server).incoming)},

	// Calls
	{get, "/api/calls/live", may("calls.read", "calls.handle"), "Calls that are going on, within the own scope", run((*Server).liveCalls)},
	{get, "/api/calls", may("calls.read", "calls.handle"), "Records of ended calls, newest first, within the own scope", run((*Server).listCalls)},
	{get, "/api/calls/{id}", may("calls.read", "calls.handle"), "Everything about one call", run((*Server).getCall)},
	{get, "/api/calls/count", may("calls.read", "calls.handle"), "How many calls a search finds, counted as far as that is quick", run((*Server).countCalls)},
	{get, "/api/calls/ratings", may("calls.read", "calls.handle"), "What customers have answered to surveys", run((*Server).callRatings)},
	{post, "/api/calls/assign", may("calls.assign"), "Give missed calls to agents, evenly", run((*Server).assign)},
	{get, "/api/pending", atDesk, "Missed calls that the signed-in agent is to call back (待处理)", run((*Server).pending)},
	{get, "/api/calls/{id}/work", may("calls.read", "calls.handle"), "Tags, notes and operation log of a call, while it goes on too", run((*Server).callWork)},
	{post, "/api/calls/{id}/notes", may("calls.read", "calls.handle"), "Add a note", run((*Server).addNote)},
	{post, "/api/calls/{id}/tags", may("calls.read", "calls.handle"), "Give a tag; service-quality tags need calls.quality", run((*Server).tagCall)},
	{del, "/api/calls/{id}/tags/{label}", may("calls.read", "calls.handle"), "Take a tag off", run((*Server).untagCall)},
	{put, "/api/calls/{id}/mark", may("calls.read", "calls.handle"), "Star a call, or not", run((*Server).markCall)},
	{put, "/api/calls/{id}/closed", may("calls.read", "calls.handle"), "Put a call aside as dealt with, or take it up again", run((*Server).closeCall)},
	{put, "/api/calls/{id}/status", may("calls.read", "calls.handle"), "Set the contact status", run((*Server).setStatus)},
	{put, "/api/calls/{id}/customer", may("calls.read", "calls.handle"), "Say which customer it is", run((*Server).locateCall)},
	{get, "/api/customers", may("calls.read", "calls.handle"), "Customers by name, company or number, 20 at most", run((*Server).findCustomers)},
	{get, "/api/searches", may("calls.read", "calls.handle"), "Saved searches: the own ones and those that others share", run((*Server).listSearches)},
	{post, "/api/searches", may("calls.read", "calls.handle"), "Save a search", run((*Server).addSearch, created)},
	{put, "/api/searches/{id}", may("calls.read", "calls.handle"), "Change an own search", run((*Server).changeSearch)},
	{del, "/api/searches/{id}", may("calls.read", "calls.handle"), "Remove an own search", run((*Server).removeSearch)},
	{get, "/api/labels", may("calls.read", "calls.handle", "calls.tags"), "Call tags, service-quality tags and contact statuses", run((*Server).listLabels)},
	{post, "/api/labels", may("calls.tags"), "Add a label", run((*Server).addLabel, created)},
	{put, "/api/labels/{id}", may("calls.tags"), "Rename a label, turn it on or off", run((*Server).changeLabel)},
	{put, "/api/labels/{id}/place", may("calls.tags"), "Move a label in its tree", run((*Server).moveLabel)},
	{del, "/api/labels/{id}", may("calls.tags"), "Remove a label that no call has", run((*Server).removeLabel)},
	{get, "/api/calls/{id}/recording", may("calls.listen", "calls.download"), "The recording; Range is supported, download=1 needs calls.download", run((*Server).recording, audio)},

	// Long work, exports and what is kept
	{get, "/api/tasks", signedIn, "The own tasks, newest first; all=1 everybody's, with account.manage", run((*Server).listTasks)},
	{get, "/api/tasks/{id}", signedIn, "One task", run((*Server).getTask)},
	{post, "/api/tasks/{id}/cancel", signedIn, "Cancel a task", run((*Server).cancelTask)},
	{post, "/api/tasks/{id}/retry", signedIn, "Try a failed or cancelled task again", run((*Server).retryTask)},
	{get, "/api/tasks/{id}/file", signedIn, "The task's result as a file; Range is supported", run((*Server).taskFile, archive)},
	{post, "/api/calls/export", may("calls.export"), "Export call records: the workbook at once, or 202 and a task when there are too many", run((*Server).exportCalls, workbook)},
	{post, "/api/calls/recordings/export", may("calls.download"), "Pack recordings into a zip, as a task", run((*Server).exportRecordings, accepted)},
	{put, "/api/calls/{id}/hold", may("calls.hold"), "Keep a call whatever the retention rules say, or no longer", run((*Server).holdCall)},
	{get, "/api/retention", may("account.manage"), "How long records and recordings are kept", run((*Server).getRetention)},
	{put, "/api/retention", may("account.manage"), "Change how long records and recordings are kept", run((*Server).setRetention)},

	// The supervisor's wall
	{get, "/api/wall", may("floor.watch"), "Groups and agents now", run((*Server).wall)},
	{del, "/api/wall/callbacks/{id}", may("floor.steer"), "Take a waiting call-back off the list; logged", run((*Server).dropCallback)},
	{post, "/api/wall/agents/{id}/state", may("floor.steer"), "Set an agent's state; logged", run((*Server).steer)},

	// Administration
	{get, "/api/numbers", may("numbers.manage", "calls.read"), "Service numbers", run((*Server).listNumbers)},
	{post, "/api/numbers", may("numbers.manage"), "Add a service number", run((*Server).addNumber, created)},
	{get, "/api/numbers/{id}", may("numbers.manage", "calls.read"), "One service number", run((*Server).getNumber)},
	{put, "/api/numbers/{id}", may("numbers.manage"), "Change a service number", run((*Server).changeNumber)},
	{del, "/api/numbers/{id}", may("numbers.manage"), "Remove a service number", run((*Server).removeNumber)},

	// Applications for a configuration
	{get, "/api/applications", signedIn, "Applications for a configuration: all for those who configure flows, else the own ones", run((*Server).listApplications)},
	{post, "/api/applications", signedIn, "Apply for a configuration (申请配置)", run((*Server).apply, created)},
	{get, "/api/applications/waiting", may("flows.manage"), "How many wait for an answer", run((*Server).waitingApplications)},
	{get, "/api/applications/{id}", signedIn, "One application", run((*Server).getApplication)},
	{put, "/api/applications/{id}", may("flows.manage"), "Accept, refuse or finish an application; the applicant is told", run((*Server).settleApplication)},
	{put, "/api/applications/{id}/file", signedIn, "Put a sketch to an own application; at most 10 MB", run((*Server).attachFile, upTo(applications.MaxFile+1))},
	{get, "/api/applications/{id}/file", signedIn, "The sketch, to save", run((*Server).applicationFile, savedFile)},

	// Schedules of numbers, calendars
	{post, "/api/numbers/preview", may("numbers.manage"), "Who would answer when, by a schedule that need not be kept", run((*Server).previewNumber)},
	{post, "/api/numbers/assign", may("numbers.manage"), "Change many numbers at once", run((*Server).assignNumbers)},
	{post, "/api/numbers/import", may("numbers.manage"), "Add and change numbers by a list", run((*Server).importNumbers, upTo(3<<20))},
	{get, "/api/numbers/export", may("numbers.manage"), "The numbers as a list (CSV)", run((*Server).exportNumbers, spreadsheet)},
	{get, "/api/account/load", may("numbers.manage", "account.manage", "floor.watch"), "Inbound calls now, and those refused for the limit today", run((*Server).accountLoad)},
	{get, "/api/calendars", may("numbers.manage", "flows.manage", "flows.read"), "Opening hours by name", run((*Server).listCalendars)},
	{post, "/api/calendars", may("numbers.manage", "flows.manage"), "Add a calendar", run((*Server).addCalendar, created)},
	{post, "/api/calendars/read", may("numbers.manage", "flows.manage"), "Read a file of holidays without keeping it", run((*Server).readDays)},
	{get, "/api/calendars/presets", may("numbers.manage", "flows.manage"), "Holidays to take over", run((*Server).listCalendarPresets)},
	{get, "/api/calendars/{id}", may("numbers.manage", "flows.manage", "flows.read"), "One calendar", run((*Server).getCalendar)},
	{put, "/api/calendars/{id}", may("numbers.manage", "flows.manage"), "Change a calendar", run((*Server).changeCalendar)},
	{del, "/api/calendars/{id}", may("numbers.manage", "flows.manage"), "Remove a calendar that nothing asks", run((*Server).removeCalendar)},

	{get, "/api/groups", may("groups.manage", "calls.read", "floor.watch"), "Skill groups", run((*Server).listGroups)},
	{post, "/api/groups", may("groups.manage"), "Add a skill group", run((*Server).addGroup, created)},
	{get, "/api/groups/{id}", may("groups.manage", "calls.read", "floor.watch"), "One skill group", run((*Server).getGroup)},
	{put, "/api/groups/{id}", may("groups.manage"), "Change a skill group and its members", run((*Server).changeGroup)},
	{del, "/api/groups/{id}", may("groups.manage"), "Remove a skill group", run((*Server).removeGroup)},

	{get, "/api/agents", may("agents.manage", "groups.manage", "users.manage", "calls.read", "floor.watch"), "People and agents", run((*Server).listAgents)},
	{post, "/api/agents", may("users.manage"), "Add a person", run((*Server).addAgent, created)},
	{get, "/api/agents/{id}", may("agents.manage", "users.manage"), "One person", run((*Server).getAgent)},
	{put, "/api/agents/{id}", may("agents.manage", "users.manage"), "Change a person, or disable them; nobody is ever removed, so that records keep their names", run((*Server).changeAgent)},
	{post, "/api/agents/{id}/password", may("users.manage"), "Give a new password, to be changed at the next sign-in", run((*Server).resetPassword)},
	{post, "/api/agents/{id}/desk-phone", may("agents.manage"), "A new password for the desk phone, shown this once", run((*Server).deskPhone)},

	{get, "/api/departments", may("users.manage", "agents.manage"), "Departments", run((*Server).listDepartments)},
	{post, "/api/departments", may("users.manage"), "Add a department", run((*Server).addDepartment, created)},
	{put, "/api/departments/{id}", may("users.manage"), "Change a department", run((*Server).changeDepartment)},
	{del, "/api/departments/{id}", may("users.manage"), "Remove an empty department", run((*Server).removeDepartment)},

	{get, "/api/keys", mayInPerson("keys.manage"), "API keys, revoked ones too", run((*Server).listKeys)},
	{post, "/api/keys", mayInPerson("keys.manage"), "Make an API key; its secret is shown this once", run((*Server).makeKey, created)},
	{del, "/api/keys/{id}", mayInPerson("keys.manage"), "Revoke an API key at once", run((*Server).revokeKey)},

	{get, "/api/rights", may("roles.manage"), "Every right there is", run((*Server).listRights)},
	{get, "/api/roles", may("roles.manage", "agents.manage"), "Roles", run((*Server).listRoles)},
	{post, "/api/roles", may("roles.manage"), "Add a role", run((*Server).addRole, created)},
	{put, "/api/roles/{id}", may("roles.manage"), "Change a role", run((*Server).changeRole)},
	{del, "/api/roles/{id}", may("roles.manage"), "Remove a role that nobody has", run((*Server).removeRole)},

	// Flows
	{get, "/api/flows", may("flows.read", "flows.manage", "numbers.manage"), "Flows", run((*Server).listFlows)},
	{post, "/api/flows", may("flows.manage"), "Upload a flow as a new version, or begin one; 422 names each problem and its place", run((*Server).uploadFlow, created, upTo(6<<20), orFile)},
	{get, "/api/flows/spec", may("flows.read", "flows.manage"), "What a flow may be made of, for editors", run((*Server).flowSpec)},
	{get, "/api/flows/samples", may("flows.read", "flows.manage"), "Ready-made flows to begin with", run((*Server).flowSamples)},
	{get, "/api/flows/faults", may("flows.read", "flows.manage"), "Flows in force that no longer hold, such as for a group that is gone", run((*Server).flowFaults)},
	{post, "/api/flows/check", may("flows.manage"), "Check a flow without keeping it", run((*Server).checkFlow, upTo(6<<20), orFile)},
	{post, "/api/flows/convert", may("flows.read", "flows.manage"), "A flow as text and as JSON, from either", run((*Server).convertFlow, upTo(7<<20))},
	{post, "/api/flows/try", may("flows.read", "flows.manage"), "Play one caller through a flow; nothing is rung, sent or written", run((*Server).tryFlow, upTo(7<<20))},
	{post, "/api/flows/cases", may("flows.read", "flows.manage"), "Play all saved cases of a flow", run((*Server).runCases, upTo(7<<20))},
	{get, "/api/flows/{id}", may("flows.read", "flows.manage"), "One flow with its source", run((*Server).getFlow)},
	{put, "/api/flows/{id}", may("flows.manage"), "Rename a flow; 409 while flows in force lead to it", run((*Server).renameFlow)},
	{del, "/api/flows/{id}", may("flows.manage"), "Remove a flow that no number and no flow in force leads to", run((*Server).removeFlow)},
	{get, "/api/flows/{id}/draft", may("flows.read", "flows.manage"), "The work that is no version yet; the newest version's content if there is none", run((*Server).flowDraft)},
	{put, "/api/flows/{id}/draft", may("flows.manage"), "Save the draft, faulty or not; 409 if somebody else did meanwhile", run((*Server).saveDraft, upTo(7<<20))},
	{del, "/api/flows/{id}/draft", may("flows.manage"), "Throw the draft away", run((*Server).dropDraft)},
	{get, "/api/flows/{id}/draft/source", may("flows.read", "flows.manage"), "The draft as a file", run((*Server).draftSource)},
	{get, "/api/flows/{id}/figures", may("flows.read", "flows.manage"), "Where callers went in a version, by node and exit, and who is where now", run((*Server).flowFigures)},
	{get, "/api/flows/{id}/diff", may("flows.read", "flows.manage"), "What is different between two versions, or a version and the draft", run((*Server).diffFlow)},
	{get, "/api/flows/{id}/versions", may("flows.read", "flows.manage"), "Its versions, newest first", run((*Server).flowVersions)},
	{post, "/api/flows/{id}/versions", may("flows.manage"), "Make a version of the draft; 422 names each problem and its place", run((*Server).publishDraft, created)},
	{get, "/api/flows/{id}/versions/{n}", may("flows.read", "flows.manage"), "One version with its source", run((*Server).flowVersion)},
	{get, "/api/flows/{id}/versions/{n}/source", may("flows.read", "flows.manage"), "One version as a file", run((*Server).versionSource)},
	{post, "/api/flows/{id}/versions/{n}/activate", may("flows.manage"), "Put a version in force (生效); 409 names the cases that fail", run((*Server).activateFlow)},
	{post, "/api/flows/{id}/rollback", may("flows.manage"), "Put the newest older version in force that has been before", run((*Server).rollBack)},
	{post, "/api/flows/{id}/check", may("flows.manage"), "Check the newest version against what is there now", run((*Server).recheckFlow)},

	{get, "/api/blacklist", may("blacklist.manage"), "Numbers whose calls are refused", run((*Server).listBlacklist)},
	{post, "/api/blacklist", may("blacklist.manage"), "Refuse a number", run((*Server).addBlacklist, created)},
	{del, "/api/blacklist/{id}", may("blacklist.manage"), "Accept a number again", run((*Server).removeBlacklist)},

	{get, "/api/trunks", may("numbers.manage"), "Trunks", run((*Server).listTrunks)},
	{post, "/api/trunks", may("numbers.manage"), "Add a trunk", run((*Server).addTrunk, created)},
	{get, "/api/trunks/{id}", may("numbers.manage"), "One trunk", run((*Server).getTrunk)},
	{put, "/api/trunks/{id}", may("numbers.manage"), "Change a trunk", run((*Server).changeTrunk)},
	{del, "/api/trunks/{id}", may("numbers.manage"), "Remove a trunk", run((*Server).removeTrunk)},

	// Prompts and speech
	{get, "/api/prompts", may("flows.read", "flows.manage", "groups.manage"), "Recordings that flows can play", run((*Server).listPrompts)},
	{post, "/api/prompts", may("flows.manage"), "Upload a prompt: the body is a WAV or MP3 file of 20 MB and 10 minutes at most", run((*Server).addPrompt, created, upload)},
	{put, "/api/prompts/{id}", may("flows.manage"), "Rename a prompt that nothing uses", run((*Server).renamePrompt)},
	{del, "/api/prompts/{id}", may("flows.manage"), "Remove a prompt that nothing uses", run((*Server).removePrompt)},
	{get, "/api/prompts/{id}/audio", may("flows.read", "flows.manage", "groups.manage"), "A prompt as callers hear it; Range is supported", run((*Server).promptAudio, audio)},
	{put, "/api/prompts/{id}/audio", may("flows.manage"), "Replace a prompt's sound; calls that play the old one hear it to its end", run((*Server).replacePrompt, upload)},
	{get, "/api/prompts/builtin/{language}/{name}", may("flows.read", "flows.manage", "groups.manage"), "A recording of the product", run((*Server).builtinAudio, audio)},
	{get, "/api/speech", may("flows.read", "flows.manage"), "Voices that speak texts, and what is left of the day", run((*Server).speech)},
	{post, "/api/speech", may("flows.manage"), "Hear a text", run((*Server).say, audio)},
	{post, "/api/speech/prompts", may("flows.manage"), "Keep a spoken text as a prompt", run((*Server).keepSpeech, created)},

	{get, "/api/audit", may("audit.read"), "Who changed what, newest first", run((*Server).listAudit)},
	{get, "/api/account", signedIn, "The enterprise", run((*Server).getAccount)},
	{put, "/api/account", may("account.manage"), "Change the enterprise", run((*Server).changeAccount)},

	// Not for the web app's own calls
	{get, "/connection/websocket", open, "Live topics; the session cookie signs in", raw((*Server).websocket)},
	{get, "/freeswitch/xml", open, "The switch's look-ups, with its secret", raw((*Server).switchXML)},
	{post, "/freeswitch/xml", open, "The switch's look-ups, with its secret", raw((*Server).switchXML)},
	{get, "/openapi.json", open, "This API as OpenAPI 3.1", raw((*Server).openapi)},
	{get, "/docs", open, "This API as a page", raw((*Server).docs)},
	{get, "/docs/{file}", open, "The page's script and style", raw((*Server).docsFile)},
	{get, "/metrics", open, "Figures for Prometheus; loopback or a token", raw((*Server).metrics)},
	{get, "/healthz", open, "The process is alive", raw((*Server).healthz)},
	{get, "/readyz", open, "Database, schema and switch are there", raw((*Server).readyz)},
	{get, "/*", open, "The web app", raw((*Server).static)},
	{http.MethodHead, "/*", open, "The web app", raw((*Server).static)},
}
