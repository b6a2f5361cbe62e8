# The program with the web app inside. Build with the repository as context.
FROM node:20-alpine AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
RUN npm run build

FROM golang:1.26-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/web/dist ./web/dist
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /switchdesk ./cmd/switchdesk

FROM alpine:3.22
COPY --from=build /switchdesk /usr/local/bin/switchdesk
# Both containers run as this user, so that each can delete what the other wrote.
RUN mkdir -p /var/lib/switchdesk /etc/freeswitch && chown 10001:10001 /var/lib/switchdesk /etc/freeswitch
USER 10001:10001
ENTRYPOINT ["switchdesk"]
CMD ["serve"]
