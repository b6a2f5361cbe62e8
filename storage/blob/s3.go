package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// s3 keeps files in a bucket.
type s3 struct {
	client *minio.Client
	bucket string
}

// wholePut is the size up to which a file goes up in one piece, whose MD5 the
// store then names; larger ones go in parts and are read back.
const wholePut = 1 << 30

func openS3(cfg Config) (*s3, error) {
	client, err := minio.New(cfg.Endpoint, &minio.Options{
		Creds:  credentials.NewStaticV4(cfg.Key, cfg.Secret, ""),
		Secure: cfg.TLS,
		Region: cfg.Region,
		// The spool tries again for as long as it takes; a single put should
		// tell soon that the store is away.
		MaxRetries: 2,
	})
	if err != nil {
		return nil, err
	}
	if cfg.Bucket == "" {
		return nil, errors.New("no bucket named for the file store")
	}
	return &s3{client, cfg.Bucket}, nil
}

func (s *s3) put(ctx context.Context, key string, r io.Reader, size int64, contentType string) error {
	_, err := s.client.PutObject(ctx, s.bucket, key, r, size, minio.PutObjectOptions{
		ContentType:      contentType,
		DisableMultipart: size <= wholePut,
	})
	return missing(err)
}

func (s *s3) open(ctx context.Context, key string) (File, Info, error) {
	object, err := s.client.GetObject(ctx, s.bucket, key, minio.GetObjectOptions{})
	if err != nil {
		return nil, Info{}, missing(err)
	}
	st, err := object.Stat()
	if err != nil {
		object.Close()
		return nil, Info{}, missing(err)
	}
	return object, Info{Key: key, Size: st.Size, Modified: st.LastModified.UTC()}, nil
}

func (s *s3) stat(ctx context.Context, key string) (Info, error) {
	st, err := s.client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return Info{}, missing(err)
	}
	return Info{Key: key, Size: st.Size, Modified: st.LastModified.UTC()}, nil
}

func (s *s3) remove(ctx context.Context, key string) error {
	return missing(s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{}))
}

func (s *s3) check(ctx context.Context) error {
	ok, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("there is no bucket %q", s.bucket)
	}
	key := "switchdesk-check-" + token()
	if err := s.put(ctx, key, strings.NewReader("ok"), 2, "text/plain"); err != nil {
		return err
	}
	return s.remove(ctx, key)
}

// etagIsMD5: of an object put in one piece and not encrypted by a key
// service, the ETag is the MD5. Any other ETag just does not match.
func (s *s3) etagIsMD5(ctx context.Context, key string, size int64, sum string) bool {
	if size > wholePut {
		return false
	}
	st, err := s.client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	return err == nil && strings.EqualFold(strings.Trim(st.ETag, `"`), sum)
}

func missing(err error) error {
	if err == nil {
		return nil
	}
	if r := minio.ToErrorResponse(err); r.StatusCode == http.StatusNotFound && r.Code != "NoSuchBucket" || r.Code == "NoSuchKey" {
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return err
}
