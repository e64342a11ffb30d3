#!/usr/bin/env bash
# Proves the reference project: names, documentation, seeds, and that the migrations (by pgdeck), the init script
# (by psql and by pgdeck) and a second run of every file end in one and the same schema and rows.
# Needs PostgreSQL's server programs; starts a private cluster in a temp dir and removes it. PGDECK names the program.
set -u -o pipefail
export LC_ALL=C
unset PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGSERVICE PGOPTIONS PGDECK_TARGET DATABASE__URL DATABASE_URL

pgdeck=$(realpath -m -- "${PGDECK:-$(dirname -- "$0")/../build/pgdeck}")
cd -- "$(dirname -- "$0")/.." || exit 2

init=initdb/create_tables.sql
document=docs/DATABASE_MIGRATIONS.md
superuser=reference
passed=0
failed=0
work=''
server=''

# --- Verdicts: each check prints one line; what a failed one had to say follows it.

verdict() { # NAME STATUS [FILE WITH EVIDENCE]
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
        echo "ok      $1"
    else
        failed=$((failed + 1))
        echo "not ok  $1"
        if [ -n "${3-}" ]; then sed -n '1,20s/^/        /p' "$3"; fi
    fi
}

check() { # NAME COMMAND...
    local name=$1 status
    shift
    "$@" >"$work/evidence" 2>&1
    status=$?
    verdict "$name" "$status" "$work/evidence"
}

same() { # NAME FILE FILE
    check "$1" diff -u "$2" "$3"
}

finish() {
    local status=$?
    trap - EXIT INT TERM HUP
    if [ -n "$server" ]; then
        kill -QUIT "$server" 2>/dev/null
        wait "$server" 2>/dev/null
    fi
    if [ -n "$work" ]; then rm -rf -- "$work"; fi
    exit "$status"
}

# --- The private cluster

find_programs() { # prints the directory of initdb and postgres
    local directory
    for directory in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5,5nr) \
        "$(pg_config --bindir 2>/dev/null)" "$(dirname -- "$(command -v postgres)" 2>/dev/null)"; do
        if [ -x "$directory/initdb" ] && [ -x "$directory/postgres" ]; then
            echo "$directory"
            return 0
        fi
    done
    return 1
}

as_owner() { # runs a command as who owns the cluster: the server refuses root
    if [ -z "$owner" ]; then
        exec "$@"
    elif command -v setpriv >/dev/null; then
        exec setpriv --reuid="$owner" --regid="$(id -g "$owner")" --clear-groups -- "$@"
    else
        exec runuser -u "$owner" -- "$@"
    fi
}

start_cluster() {
    programs=$(find_programs) || { echo "no PostgreSQL server programs found" >&2; return 1; }
    PATH=$programs:$PATH
    owner=''
    if [ "$(id -u)" -eq 0 ]; then
        owner=nobody
        if id postgres >/dev/null 2>&1; then owner=postgres; fi
        chown "$owner" "$work" || return 1
    fi
    (cd "$work" && as_owner initdb -D "$work/data" -U "$superuser" -A trust -E UTF8 --locale=C) \
        >"$work/server.log" 2>&1 || return 1
    (cd "$work" && as_owner postgres -D "$work/data" -k "$work" -c listen_addresses= -c fsync=off) \
        >>"$work/server.log" 2>&1 &
    server=$!
    until sql postgres -c '' 2>/dev/null; do
        kill -0 "$server" 2>/dev/null || return 1
        sleep 0.1
    done
}

sql() { # DATABASE PSQL-ARGUMENT...
    local database=$1
    shift
    PGOPTIONS='-c client_min_messages=warning' PGTZ=UTC \
        psql -X -A -t -q -v ON_ERROR_STOP=1 -h "$work" -U "$superuser" -d "$database" "$@"
}

run_file() { # DATABASE FILE: as pgdeck runs it, in one transaction unless its first line says otherwise
    if head -n 1 "$2" | grep -q '^-- pgdeck: no-transaction'; then
        sql "$1" -f "$2"
    else
        sql "$1" --single-transaction -f "$2"
    fi
}

# The schema without ledger and journal; pg_dump since 2025 fences its text with a random key.
schema_of() { # DATABASE
    pg_dump --schema-only --no-owner --exclude-table='schema_migration*' -h "$work" -U "$superuser" -d "$1" |
        sed -E '/^\\(un)?restrict /d'
}

# Every row of every table but ledger and journal; with xmin, an UPDATE that changes no value shows too.
rows_of() { # DATABASE [SYSTEM COLUMN]
    local table
    for table in $(sql "$1" -c "SELECT oid::regclass FROM pg_class WHERE relnamespace = 'public'::regnamespace
                                   AND relkind = 'r' AND relname !~ '^schema_migration' ORDER BY relname"); do
        echo "$table"
        sql "$1" -c "SELECT ${2:+$2,} t FROM $table t ORDER BY id" || return 1
    done
}

record() { # DATABASE: schema and rows into files of its name
    schema_of "$1" >"$work/$1.schema" && rows_of "$1" >"$work/$1.rows"
}

same_as_init() { # DATABASE
    check "$1: schema and rows can be read" record "$1"
    same "$1: schema as by the init script" "$work/init.schema" "$work/$1.schema"
    same "$1: rows as by the init script" "$work/init.rows" "$work/$1.rows"
}

deck() { # DATABASE COMMAND...
    local database=$1
    shift
    timeout 300 "$pgdeck" -C . -d "host=$work dbname=$database user=$superuser" --json "$@" </dev/null
}

# --- What is checked

file_names() { # sequential from 001, in the house style
    local file expected=0
    for file in migrations/*; do
        expected=$((expected + 1))
        [[ ${file##*/} =~ ^[0-9]{3}_[a-z0-9_]+\.sql$ ]] || { echo "$file: not {version}_{description}.sql"; return 1; }
        [[ ${file##*/} == "$(printf '%03d' "$expected")"_* ]] || { echo "$file: expected version $expected"; return 1; }
    done
}

file_names_on_disk() {
    local file
    for file in migrations/*.sql; do basename -- "$file" .sql; done
}

documentation_complete() { # every entry has both paragraphs
    awk 'function close_entry() { if (entry && (intent != 1 || safety != 1)) { print entry; bad = 1 } }
         /^## / { close_entry(); entry = $2; intent = safety = 0 }
         /^\*\*Intent\.\*\* ./ { intent++ }
         /^\*\*Safety\.\*\* ./ { safety++ }
         END { close_entry(); exit bad }' "$document"
}

files_open_with_comment() { # two to five lines of what and why
    local file lines status=0
    for file in migrations/*.sql; do
        lines=$(awk '!/^--/ { exit } { n++ } END { print n + 0 }' "$file")
        if [ "$lines" -lt 2 ] || [ "$lines" -gt 5 ]; then echo "$file: $lines lines"; status=1; fi
    done
    return "$status"
}

all_applied() { # DATABASE: status knows every file, as applied, and nothing else; the server reads the JSON
    local document expected
    document=$(deck "$1" status) || { echo "$document"; return 1; }
    expected=$(file_names_on_disk | wc -l)
    echo "$document"
    [ "$(sql postgres -v document="$document" -v expected="$expected" <<'SQL'
SELECT (d -> 'counts' ->> 'applied')::int = :expected
       AND NOT EXISTS (SELECT FROM jsonb_each_text(d -> 'counts') WHERE key <> 'applied' AND value::int <> 0)
       AND jsonb_array_length(d -> 'migrations') = :expected
       AND NOT EXISTS (SELECT FROM jsonb_array_elements(d -> 'migrations') m WHERE m ->> 'state' <> 'applied')
  FROM CAST(:'document' AS jsonb) d;
SQL
)" = t ]
}

no_invalid_index() { # DATABASE
    [ -z "$(sql "$1" -c 'SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid')" ]
}

remember() { # DATABASE NAME: its state with row versions, into files of that name
    schema_of "$1" >"$work/$2.schema" && rows_of "$1" xmin >"$work/$2.rows"
}

run_again() { # DATABASE FILE
    remember "$1" before && run_file "$1" "$2" && remember "$1" after || return 1
    diff -u "$work/before.schema" "$work/after.schema" && diff -u "$work/before.rows" "$work/after.rows"
}

check_again() { # DATABASE: every file once more
    local file
    for file in migrations/*.sql; do
        check "$1: $(basename -- "$file") again changes nothing" run_again "$1" "$file"
    done
}

run_each_twice() { # a fresh database, each file twice before the next
    local file
    for file in migrations/*.sql; do
        echo "$file"
        run_file twice "$file" || return 1
        run_file twice "$file" || return 1
    done
}

# Rows from before 009, of every kind that 012 has to settle.
insert_old_rows() {
    sql old_rows <<'SQL'
INSERT INTO agents (id, name, default_model) VALUES (1, 'support', 'm');
INSERT INTO test_cases (id, agent_id, name, model, messages) VALUES
    (1, 1, 'text', 'm', '[{"role": "user", "content": "one"}, {"role": "user", "content": "two"},
                          {"role": "assistant", "content": "reply"}]'),
    (2, 1, 'parts', 'm', '[{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "image_url"},
                                                        {"type": "text", "text": "b"}]}]'),
    (3, 1, 'no user', 'm', '[{"role": "system", "content": "s"}]'),
    (4, 1, 'odd', 'm', '[7, {"role": "user"}]'),
    (5, 1, 'long', 'm', jsonb_build_array(jsonb_build_object('role', 'user', 'content', repeat('x', 600))));
INSERT INTO regression_tests (id, agent_id, evaluation_settings_id, status, started_at, finished_at, updated_at)
SELECT r.id, 1, e.id, r.status::run_status, r.started_at::timestamptz, r.finished_at::timestamptz, '2026-01-05Z'
  FROM evaluation_settings e,
       (VALUES (1, 'completed', '2026-01-01Z', '2026-01-02Z'), (2, 'failed', '2026-01-03Z', NULL),
               (3, 'failed', NULL, NULL), (4, 'running', '2026-01-01Z', NULL)) r (id, status, started_at, finished_at)
 WHERE e.is_default;
INSERT INTO test_logs (id, created_at, test_case_id, regression_test_id, model, request, response, verdict)
VALUES (1, '2026-01-04Z', 1, 2, 'm', '{}', '{}', 'passed');
SQL
}

settled_rows() {
    sql old_rows <<'SQL'
SELECT id, left(last_user_message, 5), length(last_user_message) FROM test_cases ORDER BY id;
SELECT id, status, finished_at FROM regression_tests ORDER BY id;
SQL
}

expected_rows() {
    cat <<'ROWS'
1|two|3
2|a b|3
3||0
4||0
5|xxxxx|500
1|completed|2026-01-02 00:00:00+00
2|failed|2026-01-04 00:00:00+00
3|failed|2026-01-05 00:00:00+00
4|running|
ROWS
}

check_files() {
    check 'migration names follow the rule, without a gap' file_names
    check 'every migration opens with two to five lines of comment' files_open_with_comment
    file_names_on_disk >"$work/names"
    sed -n 's/^## //p' "$document" >"$work/entries"
    same 'documentation has an entry for each migration, and no other' "$work/names" "$work/entries"
    check 'every entry states intent and safety' documentation_complete
}

check_init_script() {
    check 'init: psql runs the script in one transaction' sql init --single-transaction -f "$init"
    check 'init: schema and rows can be read' record init
    sql init -c "SELECT version || '_' || description FROM schema_migrations ORDER BY version" >"$work/seeds" 2>&1
    same 'init: the ledger is seeded with the migrations on disk' "$work/names" "$work/seeds"

    check 'bootstrapped: pgdeck runs the script' deck bootstrapped bootstrap --confirm bootstrapped
    same_as_init bootstrapped
    check 'bootstrapped: status says all applied' all_applied bootstrapped
}

check_migrations() {
    check 'migrated: pgdeck applies all files' deck migrated apply --confirm migrated
    same_as_init migrated
    check 'migrated: no invalid index' no_invalid_index migrated
    check 'migrated: status says all applied' all_applied migrated
}

check_second_run() {
    check 'twice: psql runs each file twice in a row' run_each_twice
    same_as_init twice
    check_again migrated
}

check_old_rows() {
    check 'old_rows: pgdeck applies up to 008' deck old_rows apply --to 008 --confirm old_rows
    check 'old_rows: inserted' insert_old_rows
    check 'old_rows: pgdeck applies the rest' deck old_rows apply --confirm old_rows
    expected_rows >"$work/expected"
    settled_rows >"$work/settled" 2>&1
    same 'old_rows: backfilled as documented' "$work/expected" "$work/settled"
    check_again old_rows
}

main() {
    local database
    trap finish EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    trap 'exit 129' HUP
    work=$(mktemp -d /tmp/pgdeck-reference.XXXXXX) || exit 2
    if [ ! -x "$pgdeck" ]; then echo "no program at $pgdeck: what needs it fails (make builds it)" >&2; fi

    check_files
    if ! start_cluster; then
        cat -- "$work/server.log" >&2
        verdict 'the private cluster starts' 1
    else
        for database in init bootstrapped migrated twice old_rows; do
            sql postgres -c "CREATE DATABASE $database"
        done
        check_init_script
        check_migrations
        check_second_run
        check_old_rows
    fi
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

main
