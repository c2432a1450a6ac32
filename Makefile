# The targets and what they need are listed by: make help
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The version is the tag and commit where there is a checkout, and "dev" in a folder without one.
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS := -s -w -X main.version=$(VERSION)
# Without this a build in an unusual checkout fails on reading the version control system; VERSION says it already.
export GOFLAGS := $(strip $(GOFLAGS) -buildvcs=false)

# Tools are built once per version and kept outside the checkout.
GOLANGCI_VERSION := v2.15.0
TOOLS := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/insyn-tools
GOLANGCI_DIR := $(TOOLS)/golangci-lint-$(GOLANGCI_VERSION)
TESTENV := bin/testenv
PACKAGES := ./...
GO_FILES = git ls-files --cached --others --exclude-standard -- '*.go' 2>/dev/null | grep . || find . -name '*.go' -not -path './var/*' -not -path './node_modules/*'

.PHONY: help
help: ## list the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile

.PHONY: demo
demo: setup-demo build ## start everything on this machine with example data (FRESH=1 begins anew)
	bin/insyn demo $(if $(FRESH),--fresh)

.PHONY: build
build: ## build bin/insyn
	go build -trimpath -ldflags '$(LDFLAGS)' -o bin/insyn ./cmd/insyn

.PHONY: test
test: setup-test ## run all tests on real PostgreSQL and Redis (PACKAGES=./internal/queue/... for some)
	go build -o $(TESTENV) ./internal/testkit/cmd/testenv
	$(TESTENV) -- go test -race -shuffle=on -count=1 -timeout 20m $(PACKAGES)

.PHONY: tour
tour: setup-demo build ## walk a request through the whole service in a throw-away demo
	bin/insyn tour

.PHONY: e2e
e2e: setup-demo build ## play the journey in a real browser (needs Chromium and npm), with pictures and axe
	scripts/e2e.sh

.PHONY: bench
bench: setup-test ## run the benchmarks
	go build -o $(TESTENV) ./internal/testkit/cmd/testenv
	$(TESTENV) -- go test -run '^$$' -bench . -benchmem -count=1 $(PACKAGES)

.PHONY: fmt
fmt: ## format the Go files
	@{ $(GO_FILES); } | tr '\n' '\0' | xargs -0 gofmt -s -w

.PHONY: fmt-check
fmt-check:
	@unformatted=$$({ $(GO_FILES); } | tr '\n' '\0' | xargs -0 gofmt -s -l); \
	[ -z "$$unformatted" ] || { echo "not formatted, run make fmt:"; echo "$$unformatted"; exit 1; }

.PHONY: lint
lint: golangci ## check the code: go vet and golangci-lint
	go vet ./...
	"$(GOLANGCI_DIR)/golangci-lint" run

.PHONY: architecture
architecture: ## check that the rooms keep to their walls
	go test -count=1 -run '^TestArchitecture' .

.PHONY: generated
generated: ## check that generated files are fresh
	scripts/generated.sh

.PHONY: verify
verify: fmt-check build lint architecture generated test tour ## everything a change must pass

.PHONY: setup-demo setup-test
setup-demo:
	@scripts/setup.sh demo
setup-test:
	@scripts/setup.sh test

.PHONY: golangci
golangci:
	@[ -x "$(GOLANGCI_DIR)/golangci-lint" ] || { echo "building golangci-lint $(GOLANGCI_VERSION), once; about two minutes"; \
	GOBIN="$(GOLANGCI_DIR)" go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION); }
