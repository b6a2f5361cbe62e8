// Command gen writes the API's OpenAPI document for the web app's client:
//
//	go run ./api/gen            writes web/openapi.json
//	go run ./api/gen -check     fails if that file is not what the types say
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"

	"switchdesk/api"
)

func main() {
	check := flag.Bool("check", false, "only compare")
	path := flag.String("o", "web/openapi.json", "file to write")
	flag.Parse()
	if err := run(*path, *check); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(path string, check bool) error {
	spec, err := api.Spec()
	if err != nil {
		return err
	}
	if !check {
		return os.WriteFile(path, spec, 0o644)
	}
	have, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if !bytes.Equal(have, spec) {
		return fmt.Errorf("%s is stale: go run ./api/gen", path)
	}
	return nil
}
