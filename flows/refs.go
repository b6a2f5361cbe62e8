package flows

import (
	"fmt"
	"slices"

	"github.com/goccy/go-yaml"
)

// RefList is what an account has, in a file: for checking flows where the
// account itself is out of reach. What is left out is not checked.
type RefList struct {
	Groups  []string `yaml:"groups"`
	Agents  []string `yaml:"agents"`
	Prompts []string `yaml:"prompts"`
	Hours   []string `yaml:"hours"`
	Flows   []string `yaml:"flows"`
	// Members is how many agents skill groups have.
	Members map[string]int `yaml:"members"`
}

// maxRefs bounds a file of references.
const maxRefs = 1 << 20

// ReadRefs reads a RefList, YAML or JSON, as Refs. It fails on a field that
// does not exist.
func ReadRefs(src []byte) (Refs, error) {
	if len(src) > maxRefs {
		return Refs{}, fmt.Errorf("larger than %d bytes", maxRefs)
	}
	var l RefList
	if err := yaml.UnmarshalWithOptions(src, &l, yaml.Strict()); err != nil {
		return Refs{}, fmt.Errorf("%s", yaml.FormatError(err, false, false))
	}
	refs := Refs{
		Prompt: has(l.Prompts), Hours: has(l.Hours), Flow: has(l.Flows),
		Group: numbered(l.Groups), Agent: numbered(l.Agents),
	}
	if l.Members != nil {
		refs.Members = func(group string) int { return l.Members[group] }
	}
	return refs, nil
}

func has(names []string) func(string) bool {
	if names == nil {
		return nil
	}
	return func(name string) bool { return slices.Contains(names, name) }
}

func numbered(names []string) func(string) (int64, bool) {
	if names == nil {
		return nil
	}
	return func(name string) (int64, bool) {
		i := slices.Index(names, name)
		return int64(i + 1), i >= 0
	}
}
