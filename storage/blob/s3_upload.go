package blob

import (
	"bytes"
	"context"
	"strings"

	"github.com/minio/minio-go/v7"
)

func (s *s3) core() minio.Core { return minio.Core{Client: s.client} }

// least is what S3 asks for.
func (s *s3) least() int { return 5 << 20 }

func (s *s3) begin(ctx context.Context, key, contentType string) (string, error) {
	return s.core().NewMultipartUpload(ctx, s.bucket, key, minio.PutObjectOptions{ContentType: contentType})
}

func (s *s3) part(ctx context.Context, key, id string, n int, _ int64, data []byte) (string, error) {
	part, err := s.core().PutObjectPart(ctx, s.bucket, key, id, n, bytes.NewReader(data), int64(len(data)), minio.PutObjectPartOptions{})
	return part.ETag, err
}

func (s *s3) complete(ctx context.Context, key, id string, parts []Part, size int64) error {
	list := make([]minio.CompletePart, len(parts))
	for i, p := range parts {
		list[i] = minio.CompletePart{PartNumber: i + 1, ETag: p.ETag}
	}
	_, err := s.core().CompleteMultipartUpload(ctx, s.bucket, key, id, list, minio.PutObjectOptions{})
	if minio.ToErrorResponse(err).Code == "NoSuchUpload" {
		// An earlier try may have completed it and died before it could say so.
		if st, there := s.stat(ctx, key); there == nil && st.Size == size {
			return nil
		}
	}
	return missing(err)
}

func (s *s3) abort(ctx context.Context, key, id string) error {
	err := s.core().AbortMultipartUpload(ctx, s.bucket, key, id)
	if minio.ToErrorResponse(err).Code == "NoSuchUpload" {
		return nil
	}
	return err
}

func (s *s3) list(ctx context.Context, prefix string, each func(Info) error) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for o := range s.client.ListObjects(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return o.Err
		}
		if strings.HasSuffix(o.Key, "/") {
			continue
		}
		if err := each(Info{Key: o.Key, Size: o.Size, Modified: o.LastModified.UTC()}); err != nil {
			return err
		}
	}
	return ctx.Err()
}
