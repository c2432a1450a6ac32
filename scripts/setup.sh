#!/bin/sh
# Finds what Insyn needs on this machine and installs what is missing, where it may:
#
#   scripts/setup.sh demo    PostgreSQL 15 or newer
#   scripts/setup.sh test    the same, redis-server, unzip, and a C compiler for the race detector
#
# It installs with apt-get as root or with sudo that asks for no password; otherwise it says which command to run and
# ends with 1. It never asks a question, and leaves no service running.
set -eu

what=${1:-demo}
case $what in demo | test) ;; *)
  echo "usage: scripts/setup.sh demo|test" >&2
  exit 2
  ;;
esac

has() { command -v "$1" >/dev/null 2>&1; }

# The same folders as internal/postgres looks in.
has_postgres() {
  IFS_was=$IFS
  IFS=:
  for dir in $PATH /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin \
    /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
    /home/linuxbrew/.linuxbrew/opt/postgresql*/bin /Applications/Postgres.app/Contents/Versions/*/bin; do
    if [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ]; then
      major=$("$dir/postgres" --version 2>/dev/null | sed -n 's/.*(PostgreSQL) \([0-9]*\).*/\1/p')
      if [ "${major:-0}" -ge 15 ]; then
        IFS=$IFS_was
        return 0
      fi
    fi
  done
  IFS=$IFS_was
  return 1
}

# The race detector links C; a compiler without the C library's headers is not enough.
has_cc() {
  has "${CC:-gcc}" || return 1
  printf '#include <stdlib.h>\nint main(void) { return 0; }\n' | "${CC:-gcc}" -x c -fsyntax-only - >/dev/null 2>&1
}

# Apache Preflight is a jar among others; internal/pdf/tools_test.go has the same list.
has_preflight() {
  for jar in preflight pdfbox2 fontbox2 xmpbox commons-logging javax.activation jaxb-api; do
    [ -e "/usr/share/java/$jar.jar" ] || return 1
  done
}

missing() {
  has_postgres || echo postgresql
  if [ "$what" = test ]; then
    has redis-server || echo redis-server
    has unzip || echo unzip
    has_cc || echo compiler
    { has qpdf && has fix-qdf; } || echo qpdf
    { has pdftotext && has pdftoppm && has pdfinfo && has pdffonts; } || echo poppler-utils
    has_preflight || echo preflight
    { has java && java -version >/dev/null 2>&1; } || echo java
  fi
}

list=$(missing | tr '\n' ' ')
[ -n "$list" ] || exit 0

apt_names=$(echo "$list" | sed 's/compiler/gcc libc6-dev/; s/ *$//
  s/preflight/libpdfbox2-java libfontbox2-java libcommons-logging-java libactivation-java libjaxb-api-java/
  s/\bjava$/default-jre-headless/')

# as_root runs a command with the rights to install, if there are any to be had without a question.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}
may_install() { [ "$(id -u)" = 0 ] || { has sudo && sudo -n true >/dev/null 2>&1; }; }

by_hand() {
  echo "Insyn needs: $list" >&2
  if has apt-get; then
    echo "Install it with:  sudo apt-get update && sudo apt-get install -y $apt_names" >&2
  elif has brew; then
    echo "Install it with:  brew install $(echo "$list" | sed 's/postgresql/postgresql@17/; s/redis-server/redis/; s/compiler//; s/poppler-utils/poppler/; s/preflight//; s/java/openjdk/')" >&2
    case $list in *compiler*) echo "and:  xcode-select --install" >&2 ;; esac
  elif has dnf; then
    echo "Install it with:  sudo dnf install -y $(echo "$list" | sed 's/postgresql/postgresql-server/; s/redis-server/redis/; s/compiler/gcc glibc-devel/; s/preflight//; s/java/java-latest-openjdk-headless/')" >&2
  elif has apk; then
    echo "Install it with:  apk add $(echo "$list" | sed 's/postgresql/postgresql17/; s/redis-server/redis/; s/compiler/build-base/; s/preflight//; s/java/openjdk17-jre-headless/')" >&2
  fi
  case $list in *preflight*) has apt-get || echo "and Apache Preflight 2 (PDFBox) with its libraries, as jars in /usr/share/java" >&2 ;; esac
  exit 1
}

if ! has apt-get || ! may_install; then by_hand; fi

# Neither the packages' services nor Debian's ready-made cluster are wanted: Insyn runs its own, in its own folder.
policy=/usr/sbin/policy-rc.d
made_policy=
undo() { [ -z "$made_policy" ] || as_root rm -f "$policy"; }
trap undo EXIT
trap 'exit 1' HUP INT TERM
if [ ! -e "$policy" ]; then
  made_policy=yes
  printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
  as_root chmod 755 "$policy"
fi
# Made before the packages are, this file keeps postgresql-common from making a cluster. One that exists is left alone.
conf=/etc/postgresql-common/createcluster.conf
if [ ! -e "$conf" ]; then
  as_root mkdir -p /etc/postgresql-common
  printf "# Made by Insyn's scripts/setup.sh: a cluster made at installation would start with the machine.\ncreate_main_cluster = false\ninclude_dir '/etc/postgresql-common/createcluster.d'\n" |
    as_root tee "$conf" >/dev/null
fi

install_packages() {
  # shellcheck disable=SC2086 # a list of names
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
    -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=300 $apt_names </dev/null >&2
}

echo "installing: $apt_names" >&2
# The package lists may be missing (a fresh container) or old; they are fetched when they do not do.
if ! install_packages; then
  as_root apt-get -o DPkg::Lock::Timeout=300 update -q </dev/null >&2
  install_packages || by_hand
fi

list=$(missing | tr '\n' ' ')
[ -z "$list" ] || {
  echo "still missing after the installation; this release may be too old for PostgreSQL 15" >&2
  by_hand
}
