package app

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"switchdesk/accounts"
	"switchdesk/api"
	"switchdesk/configs"
	"switchdesk/configs/freeswitch"
	"switchdesk/internal/clock"
	"switchdesk/internal/fault"
	"switchdesk/storage/blob"
	"switchdesk/storage/db"
)

// Migrate brings the schema up to date and names the steps that it took.
func Migrate(ctx context.Context, cfg configs.Config) ([]string, error) {
	if err := os.MkdirAll(cfg.DataDir, 0o755); err != nil {
		return nil, err
	}
	g, err := db.Open(DatabaseOf(cfg))
	if err != nil {
		return nil, err
	}
	done, err := db.Migrate(ctx, g)
	return done, errors.Join(err, db.Close(g))
}

// NewAdmin is an administrator to be made.
type NewAdmin struct{ Account, Company, Login, Name, Password string }

// CreateAdmin makes an administrator, and the account if there is none of
// that short name.
func CreateAdmin(ctx context.Context, cfg configs.Config, n NewAdmin) error {
	g, err := db.Open(DatabaseOf(cfg))
	if err != nil {
		return err
	}
	defer db.Close(g)
	if err := db.CheckSchema(ctx, g); err != nil {
		return err
	}
	service := accounts.NewService(g, clock.Real{}, accounts.Options{})
	_, err = service.AccountBySlug(ctx, n.Account)
	if fault.KindOf(err) == fault.NotFound {
		name := n.Company
		if name == "" {
			name = n.Account
		}
		_, _, err = service.CreateAccount(ctx, accounts.Account{Slug: n.Account, Name: name, Timezone: "Asia/Shanghai", Language: "zh-CN"})
	}
	if err != nil {
		return err
	}
	_, err = service.CreateAdmin(ctx, n.Account, n.Login, n.Name, n.Password)
	return err
}

// OpenAPI describes the API.
func OpenAPI() ([]byte, error) { return api.Spec() }

// BlobOf completes the object store's place from the configuration.
func BlobOf(cfg configs.Config) blob.Config {
	b := blob.Config{
		Kind: cfg.Blob.Kind, Path: cfg.Blob.Path, Endpoint: cfg.Blob.Endpoint, Bucket: cfg.Blob.Bucket,
		Key: cfg.Blob.Key, Secret: cfg.Blob.Secret, Region: cfg.Blob.Region, TLS: cfg.Blob.TLS,
	}
	if b.Kind == "disk" && b.Path == "" {
		b.Path = filepath.Join(cfg.DataDir, "blobs")
	}
	return b
}

// DatabaseOf completes the database's place from the configuration.
func DatabaseOf(cfg configs.Config) db.Config {
	dsn := cfg.Database.DSN
	if dsn == "" && cfg.Database.Driver == "sqlite" {
		dsn = filepath.Join(cfg.DataDir, "switchdesk.db")
	}
	return db.Config{Driver: cfg.Database.Driver, DSN: dsn}
}

// installPrompts puts the recordings that come with the product where the
// switch finds them; what an operator has replaced there stays.
func (a *App) installPrompts() error {
	return fs.WalkDir(freeswitch.Files, "sounds", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		to := filepath.Join(a.cfg.DataDir, promptsDir, filepath.FromSlash(strings.TrimPrefix(name, "sounds")))
		if d.IsDir() {
			return os.MkdirAll(to, 0o755)
		}
		if _, err := os.Stat(to); err == nil {
			return nil
		}
		data, err := freeswitch.Files.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(to, data, 0o644)
	})
}

func ignoreNotFound(err error) error {
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

func randomPassword() string {
	b := make([]byte, demoSecret)
	if _, err := rand.Read(b); err != nil {
		panic(err) // the system has no randomness
	}
	return base64.RawURLEncoding.EncodeToString(b)
}
