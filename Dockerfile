# An image with one static program and nothing else: docker build -t caretaker .
FROM golang:1.26-alpine AS build
RUN apk add --no-cache gcc musl-dev ca-certificates
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=development
# The time zones are built in, since the empty image has none.
RUN CGO_ENABLED=1 go build -trimpath -tags timetzdata,netgo,osusergo,sqlite_omit_load_extension \
      -ldflags "-s -w -X main.version=${VERSION} -linkmode external -extldflags -static" -o /out/caretaker ./cmd/caretaker \
 && mkdir -p /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/caretaker /caretaker
# Configuration, registration and database live here: mount a volume that this user may write.
COPY --from=build --chown=65532:65532 /out/data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
EXPOSE 29340
ENTRYPOINT ["/caretaker"]
CMD ["run"]
