// Package flows is what happens to a caller, step by step: flow files are
// read, checked and kept in versions here, and a caller is walked through one
// by Begin and Resume. It decides and remembers; the live floor plays, dials
// and waits.
package flows
