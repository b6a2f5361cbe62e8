# FreeSWITCH from Alpine's packages; its configuration comes from Switchdesk.
FROM alpine:3.22
RUN apk add --no-cache freeswitch
RUN mkdir -p /var/lib/switchdesk /var/lib/freeswitch-run && chown 10001:10001 /var/lib/switchdesk /var/lib/freeswitch-run
USER 10001:10001
WORKDIR /var/lib/freeswitch-run
RUN mkdir log db run storage certs temp
ENTRYPOINT ["freeswitch", "-nf", "-nonat", "-nocal", "-conf", "/etc/freeswitch", \
  "-log", "/var/lib/freeswitch-run/log", "-db", "/var/lib/freeswitch-run/db", "-run", "/var/lib/freeswitch-run/run", \
  "-storage", "/var/lib/freeswitch-run/storage", "-certs", "/var/lib/freeswitch-run/certs", "-temp", "/var/lib/freeswitch-run/temp"]
