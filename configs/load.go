package configs

import (
	_ "embed"
	"errors"
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	koanfyaml "github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/v2"
)

//go:embed default.yaml
var defaultYAML []byte

const envPrefix = "SWITCHDESK_"

// Default is the file that explains every option.
func Default() []byte { return append([]byte(nil), defaultYAML...) }

// Load reads the defaults, then the file at path (none if ""), then the
// environment (os.Environ's form), and checks the whole. Every mistake is in
// the error, a *Mistakes.
func Load(path string, environ []string) (Config, error) {
	if problems := Check(path, environ); len(problems) > 0 {
		return Config{}, &Mistakes{problems}
	}
	cfg, err := merge(path, environ)
	if err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// Mistakes is the error of a configuration that can't be used.
type Mistakes struct{ Problems []Problem }

func (m *Mistakes) Error() string {
	lines := make([]string, len(m.Problems))
	for i, p := range m.Problems {
		lines[i] = p.String()
	}
	return "the configuration can't be used:\n  " + strings.Join(lines, "\n  ")
}

func merge(path string, environ []string) (Config, error) {
	k := koanf.New(".")
	if err := k.Load(text(defaultYAML), koanfyaml.Parser()); err != nil {
		return Config{}, fmt.Errorf("default.yaml: %w", err)
	}
	if path != "" {
		data, err := os.ReadFile(path)
		if err != nil {
			return Config{}, err
		}
		if err := k.Load(text(data), koanfyaml.Parser()); err != nil {
			return Config{}, fmt.Errorf("%s: %w", path, err)
		}
	}
	var failed []error
	fromEnv := env.Provider(".", env.Opt{
		Prefix:      envPrefix,
		EnvironFunc: func() []string { return environ },
		TransformFunc: func(name, value string) (string, any) {
			key, v, err := envValue(name, value)
			if err != nil {
				failed = append(failed, err)
				return "", nil
			}
			return key, v
		},
	})
	if err := k.Load(fromEnv, nil); err != nil {
		return Config{}, err
	}
	var cfg Config
	if err := k.UnmarshalWithConf("", &cfg, koanf.UnmarshalConf{Tag: "yaml"}); err != nil {
		failed = append(failed, err)
	}
	return cfg, errors.Join(failed...)
}

// text is a koanf provider of bytes in hand.
type text []byte

func (t text) ReadBytes() ([]byte, error)    { return t, nil }
func (t text) Read() (map[string]any, error) { return nil, errors.New("a parser is needed") }

// envValue turns an environment variable into an option's key and value.
func envValue(name, value string) (string, any, error) {
	known := leaves()
	key, ok := known[name]
	if !ok {
		if base, isFile := strings.CutSuffix(name, "_FILE"); isFile {
			if key, ok = known[base]; ok {
				data, err := os.ReadFile(value)
				if err != nil {
					return "", nil, fmt.Errorf("%s: %w", name, err)
				}
				value = strings.TrimRight(string(data), "\r\n")
			}
		}
	}
	if !ok {
		return "", nil, fmt.Errorf("%s: no such option%s", name, nearest(name, sortedKeys(known)))
	}
	if kind := kindOf(key); kind == reflect.Slice {
		var list []any
		if err := yaml.Unmarshal([]byte(value), &list); err != nil {
			return "", nil, fmt.Errorf("%s: a YAML list is expected: %w", name, err)
		}
		return key, list, nil
	}
	return key, value, nil
}

// leaves maps the environment's name of every option to its key.
func leaves() map[string]string {
	out := map[string]string{}
	walk(reflect.TypeFor[Config](), "", func(key string, _ reflect.Type) {
		out[envPrefix+strings.ToUpper(strings.ReplaceAll(key, ".", "_"))] = key
	})
	return out
}

func kindOf(key string) reflect.Kind {
	kind := reflect.Invalid
	walk(reflect.TypeFor[Config](), "", func(k string, t reflect.Type) {
		if k == key {
			kind = t.Kind()
		}
	})
	return kind
}

var durationType = reflect.TypeFor[time.Duration]()

// walk visits every option that holds a value of its own.
func walk(t reflect.Type, prefix string, visit func(key string, t reflect.Type)) {
	for i := range t.NumField() {
		f := t.Field(i)
		key := prefix + f.Tag.Get("yaml")
		if f.Type.Kind() == reflect.Struct {
			walk(f.Type, key+".", visit)
			continue
		}
		visit(key, f.Type)
	}
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
