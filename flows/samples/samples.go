// Package samples holds ready flows: what the demo shows and an admin may
// begin with.
package samples

import _ "embed"

// Main is a whole switchboard: greeting, hours, two menus, order lookup,
// three ways into the skill groups 售前 and 售后, and voicemail.
//
//go:embed main.yaml
var Main []byte

// Simple goes from the greeting straight to the skill group 售前.
//
//go:embed simple.yaml
var Simple []byte
