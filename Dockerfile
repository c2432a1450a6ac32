# The image of serve, worker and migrate: one static binary, no shell, no root, nothing to write to but the volumes.
#
#   docker build --build-arg VERSION="$(git describe --tags --always)" -t insyn .
#
# How it is run: docker-compose.yml. This file has been checked with BuildKit's own parser; see docker-compose.yml.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" -o /out/insyn ./cmd/insyn
# Volumes take owner and mode from the folder they are mounted on.
RUN mkdir -p /out/data/files /out/data/keys /out/tmp && chmod 700 /out/data/files /out/data/keys && chmod 1777 /out/tmp

FROM scratch
LABEL org.opencontainers.image.title="Insyn" \
      org.opencontainers.image.description="A municipality's e-service for the rights people have over their personal data"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /usr/share/zoneinfo.zip
COPY --from=build /out/insyn /insyn
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build --chown=65532:65532 /out/tmp /tmp
ENV ZONEINFO=/usr/share/zoneinfo.zip \
    INSYN_ADDR=0.0.0.0:8080 \
    INSYN_FILES_URL=file:///data/files \
    INSYN_KEYS_URL=file:///data/keys
# A number, so that orchestrators that refuse root can see it is not.
USER 65532:65532
EXPOSE 8080
VOLUME ["/data/files", "/data/keys"]
# SIGTERM, the default, ends requests and jobs in order.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 CMD ["/insyn", "doctor", "--quick"]
ENTRYPOINT ["/insyn"]
CMD ["serve"]
