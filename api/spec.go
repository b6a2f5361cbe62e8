package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humaecho"
	"github.com/labstack/echo/v4"
)

// Spec is the API as an OpenAPI 3.1 document, indented. It needs no database
// and no switch.
func Spec() ([]byte, error) {
	s, err := New(Parts{})
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(s.api.OpenAPI())
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, raw, "", "  "); err != nil {
		return nil, err
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// newHuma makes the typed side of the API: JSON in and out, no pages of its own.
func newHuma(e *echo.Echo) huma.API {
	return humaecho.New(e, huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Switchdesk", Version: "1",
				Description: "The contact centre's API. Sign in with POST /api/session; the session is a cookie. Programs may use an API key instead. " +
					"Programs send the header X-Requested-With with every change. Times are RFC 3339 in UTC. " +
					"Errors have one shape: {\"error\": {code, message, field, request_id}}.",
				License: &huma.License{Name: "Apache-2.0"},
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: CookieName},
					"key":     {Type: "http", Scheme: "bearer", Description: "An API key, sdk_…"},
				},
			},
		},
		Formats: map[string]huma.Format{
			"application/json":    jsonFormat,
			"json":                jsonFormat,
			"multipart/form-data": {Unmarshal: formAsJSON},
		},
		DefaultFormat: "application/json",
	})
}

var errNoForm = errors.New("the form could not be read")

var jsonFormat = huma.Format{
	Marshal: func(w io.Writer, v any) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(v)
	},
	Unmarshal: json.Unmarshal,
}

// formAsJSON reads an uploaded form like the JSON body of the same fields: the
// part "file" fills source and, by its name, file. The boundary is the body's
// own first line.
func formAsJSON(data []byte, v any) error {
	line, _, _ := bytes.Cut(data, []byte("\r\n"))
	boundary, ok := bytes.CutPrefix(line, []byte("--"))
	if !ok || len(boundary) == 0 {
		return errNoForm
	}
	fields := make(map[string]string)
	parts := multipart.NewReader(bytes.NewReader(data), string(boundary))
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			break
		}
		if err != nil {
			return errNoForm
		}
		value, err := io.ReadAll(part)
		if err != nil {
			return errNoForm
		}
		if part.FileName() != "" {
			fields["file"], fields["source"] = part.FileName(), string(value)
			continue
		}
		fields[part.FormName()] = string(value)
	}
	raw, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	return json.Unmarshal(raw, v)
}

// orFile says in the description that the body may be an uploaded form.
func orFile(op *huma.Operation) {
	op.Description += " The body may also be multipart/form-data with the fields name and note and the file itself as file."
}

// spreadsheet describes a list that is answered as CSV.
func spreadsheet(op *huma.Operation) {
	csv := map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}}
	op.Responses = map[string]*huma.Response{"200": {Description: "The list", Content: csv}}
}

// savedFile describes a file that is answered to be saved.
func savedFile(op *huma.Operation) {
	file := map[string]*huma.MediaType{"application/octet-stream": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	op.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: file}}
}

// audio describes the recording's answer.
func audio(op *huma.Operation) {
	wav := map[string]*huma.MediaType{"audio/wav": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	op.Responses = map[string]*huma.Response{
		"200": {Description: "The whole recording", Content: wav},
		"206": {Description: "The range that was asked for", Content: wav},
		"416": {Description: "There is no such range"},
	}
}

func (s *Server) openapi(c echo.Context) error {
	raw, err := s.spec()
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/json; charset=utf-8", raw)
}
