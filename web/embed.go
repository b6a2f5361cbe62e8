// Package web is the app that people open in the browser, built by Vite into
// dist and carried inside the program.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Files holds the built app: index.html, assets/ with hashed names, icons.
// Where the app was not built it holds only placeholder.html, which says how
// to build it.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // "dist" is a valid path, fixed at compile time
	}
	return files
}

// Index names the page to serve for every address of the app: index.html, or
// placeholder.html where the app was not built.
func Index() string {
	if Built() {
		return "index.html"
	}
	return "placeholder.html"
}

// Built tells whether the app was built into this program.
func Built() bool {
	_, err := fs.Stat(dist, "dist/index.html")
	return err == nil
}
