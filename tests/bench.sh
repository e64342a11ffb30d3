#!/usr/bin/env bash
# Times pgdeck beside plain psql on one and the same private cluster, runs in turn, and prints medians and their ratio.
# Quote the ratios: the times are this machine's. PGDECK names the program, RUNS how often (default 11; the long ones a third of it).
set -eu
export LC_ALL=C
pgdeck=$(realpath "${PGDECK:-build/pgdeck}")
runs=${RUNS:-11}
for psql in $(printf '%s\n' /usr/lib/postgresql/*/bin/psql | sort -t/ -k5,5nr) "$(command -v psql || true)"; do
    [ -x "$psql" ] && break
done
work=$(mktemp -d)
chmod 755 "$work"
trap '"$pgdeck" -q -C "$work" cluster destroy --yes >/dev/null 2>&1; rm -rf "$work"' EXIT

# A thousand small files: tables, columns, indexes, views.
mkdir "$work/migrations"
for i in $(seq 1 1000); do
    n=$(printf %04d "$i")
    case $((i % 5)) in
    1) sql="CREATE TABLE t$i (id bigint PRIMARY KEY, name text NOT NULL)" ;;
    2) sql="ALTER TABLE t$((i - 1)) ADD COLUMN note text" ;;
    3) sql="CREATE INDEX t${i}_idx ON t$((i - 2)) (name)" ;;
    4) sql="CREATE VIEW v$i AS SELECT id, name FROM t$((i - 3))" ;;
    0) sql="COMMENT ON TABLE t$((i - 4)) IS 'number $i'" ;;
    esac
    printf '%s;\n' "$sql" >"$work/migrations/${n}_step.sql"
    printf 'BEGIN;\n%s;\nCOMMIT;\n' "$sql"
done >"$work/all.sql"

"$pgdeck" -q -C "$work" cluster start >/dev/null
url=$("$pgdeck" -C "$work" cluster url)

milliseconds() { # COMMAND...
    local started
    started=$(date +%s%N)
    "$@" >/dev/null 2>"$work/stderr" || { cat "$work/stderr" >&2; exit 1; }
    echo $((($(date +%s%N) - started) / 1000))
}
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
empty() { "$psql" -qX "$url" -c 'DROP SCHEMA public CASCADE; CREATE SCHEMA public' 2>/dev/null >/dev/null; }

compare() { # NAME RUNS BEFORE OURS... -- FLOOR...
    local name=$1 count=$2 before=$3 ours=() floor=() i
    shift 3
    while [ "$1" != -- ]; do ours+=("$1"); shift; done
    shift
    floor=("$@")
    : >"$work/ours"
    : >"$work/floor"
    for i in $(seq "$count"); do
        $before
        milliseconds "${ours[@]}" >>"$work/ours"
        $before
        milliseconds "${floor[@]}" >>"$work/floor"
    done
    printf '%s %s %s\n' "$(median <"$work/ours")" "$(median <"$work/floor")" "$name" |
        awk '{ n = $3; for (i = 4; i <= NF; i++) n = n " " $i; printf "%-44s %10.1f ms %10.1f ms %7.2f x\n", n, $1 / 1000, $2 / 1000, $1 / $2 }'
}

printf '%-44s %13s %13s %9s\n' '' pgdeck psql ratio
compare 'start (--version)' "$runs" true "$pgdeck" --version -- "$psql" --version
compare 'apply 1,000 small files / a transaction each' $((runs / 3 + 1)) empty \
    "$pgdeck" -q -C "$work" -d embedded apply --yes -- "$psql" -qX -v ON_ERROR_STOP=1 -f "$work/all.sql" "$url"
empty
"$pgdeck" -q -C "$work" -d embedded apply --yes >/dev/null
compare 'status over 1,000 applied / select 1' "$runs" true \
    "$pgdeck" -q -C "$work" -d embedded status -- "$psql" -qX "$url" -c 'select 1'
compare 'apply with nothing to do / select 1' "$runs" true \
    "$pgdeck" -q -C "$work" -d embedded apply --yes -- "$psql" -qX "$url" -c 'select 1'
