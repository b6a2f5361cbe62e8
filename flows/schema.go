package flows

import "encoding/json"

// object is a part of a JSON Schema.
type object = map[string]any

// Schema is the flow format as a JSON Schema (draft 2020-12), made from
// Specs, for editors that complete and check while a flow is written. It says
// what may stand where; what only the whole flow can tell, Inspect finds.
func Schema() ([]byte, error) {
	nodes, defs := []any{}, sharedDefs()
	for i := range specs {
		s := &specs[i]
		defs["node_"+s.Kind] = s.schema()
		nodes = append(nodes, ref("node_"+s.Kind))
	}
	defs["node"] = object{
		"type": "object", "required": []string{"kind"},
		"properties": object{"kind": object{"enum": kinds}},
		"oneOf":      nodes,
	}
	return json.MarshalIndent(object{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "Switchdesk call flow",
		"description": "What happens to a caller, step by step. 来电流程。",
		"type":        "object", "required": []string{"name", "start", "nodes"}, "additionalProperties": false,
		"properties": object{
			"name":     described(ref("name"), "name of the flow 流程名称"),
			"start":    described(ref("name"), "the node where a call begins 起始节点"),
			"language": object{"enum": []string{"zh", "en"}, "default": "zh"},
			"takes":    described(oneOrMore(ref("variable"), 50), "variables that the flow before this one has set"),
			"nodes": object{
				"type": "object", "minProperties": 1, "maxProperties": maxNodes,
				"propertyNames": ref("name"), "additionalProperties": ref("node"),
			},
			"cases": described(oneOrMore(ref("case"), maxCases), "trials that must come out right 测试用例"),
		},
		"$defs": defs,
	}, "", "  ")
}

func ref(name string) object { return object{"$ref": "#/$defs/" + name} }

func described(o object, text string) object {
	o["description"] = text
	return o
}

// oneOrMore is a list, or one of its entries alone.
func oneOrMore(item object, most int) object {
	return object{"oneOf": []any{item, object{"type": "array", "items": item, "maxItems": most}}}
}

func tableOf(key, value object, most int) object {
	return object{"type": "object", "propertyNames": key, "additionalProperties": value, "minProperties": 1, "maxProperties": most}
}

func strict(required []string, properties object) object {
	o := object{"type": "object", "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		o["required"] = required
	}
	return o
}

// A scalar may stand with or without quotes: 8001 is as good as "8001".
var scalarTypes = []string{"string", "number", "boolean"}

func sharedDefs() object {
	text := func(most int) object { return object{"type": scalarTypes, "minLength": 1, "maxLength": most} }
	prompt := []any{described(object{"type": "string", "minLength": 1, "maxLength": 60}, "name of a recording 语音名称")}
	for _, way := range ways {
		value := object{"type": []string{"string", "number"}}
		if way == "tone" {
			value = object{"enum": toneNames()}
		}
		prompt = append(prompt, strict([]string{way}, object{way: value}))
	}
	return object{
		"name":     text(60),
		"text":     text(100),
		"template": object{"type": scalarTypes, "maxLength": maxValue},
		"flag":     object{"enum": []any{true, false, "true", "false"}},
		"point": described(object{
			"type": "array", "minItems": 2, "maxItems": 2, "items": object{"type": "integer", "minimum": -farthest, "maximum": farthest},
		}, "place in the drawing 图中位置"),
		"variable": object{"type": "string", "minLength": 1, "maxLength": 40, "pattern": `^\p{L}[\p{L}\p{Nd}_]*$`},
		"key":      object{"type": scalarTypes, "pattern": "^[0-9*#]{1,4}$"},
		"time":     object{"type": []string{"string", "integer"}, "pattern": `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$|^[0-9]+$`},
		"prompt":   object{"oneOf": prompt},
		"prompts":  oneOrMore(ref("prompt"), maxPrompts),
		"labels":   tableOf(ref("key"), object{"type": scalarTypes, "minLength": 1, "maxLength": maxLabel}, 50),
		"phone":    object{"type": []string{"string", "integer"}, "pattern": `^\+?[0-9]{3,20}$`},
		"case":     caseSchema(),
	}
}

func caseSchema() object {
	words, flag, text := tableOf(object{}, ref("text"), 50), ref("flag"), ref("text")
	return strict([]string{"expect"}, object{
		"name": text, "at": described(object{"type": "string"}, "2026-10-01 09:00"), "from": text, "to": text, "region": text,
		"blacklisted": flag, "repeat": flag, "message": flag, "customer": words, "last_agent": text,
		"hours": tableOf(object{}, object{"enum": []string{"open", "closed"}}, 20),
		"keys":  oneOrMore(object{"type": []string{"string", "integer"}}, 100),
		"then":  oneOrMore(object{"anyOf": []any{object{"enum": ThenWords}, object{"type": scalarTypes, "pattern": "^[0-9*#]$"}}}, 100),
		"answers": oneOrMore(strict(nil, object{
			"status": object{"type": []string{"integer", "string"}}, "body": object{"type": scalarTypes}, "why": text,
		}), 100),
		"expect": strict(nil, object{
			"heard": oneOrMore(text, 100), "exit": object{"enum": Ends}, "group": text, "agent": text, "number": text,
			"node": text, "variables": words, "rating": text, "callback": text,
		}),
	})
}

// schema describes one kind of node.
func (s *Spec) schema() object {
	properties := object{"kind": object{"const": s.Kind}, "title": ref("text"), "at": ref("point")}
	if len(s.Exits) > 0 {
		properties["transferable"] = described(object{"allOf": []any{ref("flag")}}, "agents may send callers here out of a talk 座席可在通话中转到此处")
	}
	required := []string{"kind"}
	for i := range s.Fields {
		f := &s.Fields[i]
		p := described(f.schema(), f.Label.ZH+"："+f.Help.ZH+" / "+f.Help.EN)
		if f.Default != "" {
			p["default"] = f.Default
		}
		properties[f.Name] = p
		if f.Required {
			required = append(required, f.Name)
		}
	}
	exits, must := object{}, []string{}
	for _, x := range s.Exits {
		exits[x.Name] = described(ref("name"), x.Label.ZH+" / "+x.Label.EN)
		if x.Required {
			must = append(must, x.Name)
		}
	}
	if len(exits) > 0 {
		properties["exits"] = strict(must, exits)
	}
	if len(must) > 0 {
		required = append(required, "exits")
	}
	o := strict(required, properties)
	o["title"] = s.Label.ZH + " / " + s.Label.EN
	return described(o, s.Help.ZH+" / "+s.Help.EN)
}

// schema describes how a field is written.
func (f *Field) schema() object {
	switch f.Type {
	case TypePrompts:
		if f.Max > 0 {
			return oneOrMore(ref("prompt"), f.Max)
		}
		return object{"allOf": []any{ref("prompts")}}
	case TypeKey:
		return object{"type": scalarTypes, "pattern": "^[0-9*#]$"}
	case TypeFlag:
		return object{"allOf": []any{ref("flag")}}
	case TypeInt:
		return object{"oneOf": []any{
			object{"type": "integer", "minimum": f.Min, "maximum": f.Max}, object{"type": "string", "pattern": "^[0-9]+$"},
		}}
	case TypeDuration:
		return object{"allOf": []any{ref("time")}}
	case TypeOption:
		return object{"enum": f.Options}
	case TypeTerm:
		return object{"enum": []string{"#", "*", "none"}}
	case TypePhone:
		return object{"allOf": []any{ref("phone")}}
	case TypeVariable:
		return object{"allOf": []any{ref("variable")}}
	case TypePattern:
		return object{"type": scalarTypes, "maxLength": 200}
	case TypeKeys:
		if f.Max == 1 {
			return tableOf(object{"pattern": "^[0-9*#]$"}, ref("name"), 12)
		}
		return tableOf(ref("key"), ref("name"), 200)
	case TypeLabels:
		return object{"allOf": []any{ref("labels")}}
	case TypeURL:
		return object{"type": "string", "pattern": "^https?://", "maxLength": 1000}
	case TypeNames:
		return oneOrMore(ref("variable"), 50)
	case TypeSpans:
		return oneOrMore(ref("text"), 50)
	case TypeDays:
		return oneOrMore(ref("text"), 500)
	}
	return f.tableSchema()
}

// tableSchema describes the fields that are tables or lists of them; the rest
// is a name.
func (f *Field) tableSchema() object {
	switch f.Type {
	case TypeAnswers:
		return tableOf(object{"maxLength": 100}, ref("prompts"), 5000)
	case TypeValues:
		return tableOf(ref("variable"), ref("template"), 50)
	case TypeHeaders:
		return tableOf(object{"pattern": "^[A-Za-z0-9_-]+$"}, ref("template"), 50)
	case TypeBody:
		return tableOf(object{"maxLength": 100}, ref("template"), 50)
	case TypePaths:
		return tableOf(ref("variable"), object{"type": "string", "maxLength": 200}, 50)
	case TypeSecond:
		return tableOf(ref("key"), strict(secondFields, object{"play": ref("prompts"), "keys": ref("labels")}), 50)
	case TypeRules:
		return oneOrMore(strict(ruleFields, object{
			"if": object{"type": []string{"string", "boolean"}, "maxLength": maxExpression}, "go": ref("name"),
		}), 50)
	case TypeCases:
		numbers := oneOrMore(object{"type": []string{"string", "integer"}, "pattern": `^\*?[0-9?+() -]+\*?$`}, 5000)
		return oneOrMore(strict([]string{"go"}, object{
			"number": numbers, "service": numbers, "region": oneOrMore(ref("text"), 500),
			"blacklisted": ref("flag"), "repeat": ref("flag"), "anonymous": ref("flag"), "known": ref("flag"), "customer": tableOf(object{}, ref("text"), 20), "go": ref("name"),
		}), 200)
	}
	return object{"allOf": []any{ref("text")}}
}
