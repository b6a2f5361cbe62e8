// Package arch holds the rules of who may import whom; its test fails the
// build when a package breaks one.
package arch
