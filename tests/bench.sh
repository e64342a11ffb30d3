#!/usr/bin/env bash
# Times pgdeck beside plain psql on one and the same private cluster, runs in turn, and prints medians and their ratio.
# Quote the ratios: the times are this machine's. PGDECK names the program, RUNS how often (default 11; the long ones a third of it).
# The comparison of schemas is timed beside its own catalog queries in psql (both databases at once) and beside pg_dump.
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

# ---- diff of two live databases -----------------------------------------------------------------------------------

programs=$(dirname "$psql")
schema() { # TABLES: about nineteen objects a table
    awk -v n="$1" -v q="'" 'BEGIN {
        print "CREATE TYPE mood AS ENUM (" q "a" q ", " q "b" q ");"
        print "CREATE DOMAIN score AS numeric(5,2) CHECK (VALUE >= 0);"
        print "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN NEW.updated_at := now(); RETURN NEW; END$$;"
        for (i = 1; i <= n; i++) {
            key = i > 1 ? sprintf(" REFERENCES t%d ON DELETE CASCADE", i - 1) : ""
            printf "CREATE TABLE t%d (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code varchar(20) NOT NULL UNIQUE,", i
            printf " name text NOT NULL DEFAULT %s%s, state mood NOT NULL DEFAULT %sa%s, points score, parent_id bigint%s,", q, q, q, q, key
            printf " flags integer[] DEFAULT %s{}%s, note text, created_at timestamptz NOT NULL DEFAULT now(),", q, q
            printf " updated_at timestamptz NOT NULL DEFAULT now(), CHECK (code <> %s%s AND length(name) < 200));\n", q, q
            printf "CREATE INDEX ON t%d (name, created_at DESC); CREATE INDEX ON t%d (parent_id);\n", i, i
            printf "CREATE INDEX ON t%d (lower(note)) WHERE note IS NOT NULL;\n", i
            printf "COMMENT ON TABLE t%d IS %snumber %d%s;\n", i, q, i, q
            if (i % 5 == 0) {
                printf "CREATE VIEW v%d AS SELECT t.id, p.name, count(*) OVER (PARTITION BY t.state) AS n", i
                printf " FROM t%d t LEFT JOIN t%d p ON p.id = t.parent_id WHERE t.points > 10;\n", i, i - 1
                printf "CREATE FUNCTION f%d(a bigint, b text DEFAULT %sx%s) RETURNS bigint LANGUAGE sql", i, q, q
                printf " AS %sSELECT max(id) FROM t%d WHERE id > a AND code <> b%s;\n", q, i, q
                printf "CREATE TRIGGER touch BEFORE UPDATE ON t%d FOR EACH ROW EXECUTE FUNCTION touch();\n", i
            }
            if (i % 10 == 0)
                printf "CREATE POLICY own ON t%d USING (code = current_user); ALTER TABLE t%d ENABLE ROW LEVEL SECURITY;\n", i, i
        }
    }'
}
of() { printf '%s' "$url" | sed -E "s#^([a-z]+://[^/]*/)[^?]*#\\1$1#"; } # DATABASE
make_databases() { # TABLES: a and b alike
    local name
    "$psql" -qX "$url" -c 'DROP DATABASE IF EXISTS a' -c 'DROP DATABASE IF EXISTS b' -c 'CREATE DATABASE a' 2>/dev/null
    # Many small transactions: one of all would need a lock for each object.
    schema "$1" | PGOPTIONS='-c client_min_messages=warning -c synchronous_commit=off' "$psql" -qX -v ON_ERROR_STOP=1 "$(of a)"
    "$psql" -qX "$(of a)" -c 'VACUUM ANALYZE'
    "$psql" -qX "$url" -c 'CREATE DATABASE b TEMPLATE a'
    for name in a b; do "$psql" -qXAt "$(of $name)" -c 'SELECT 1' >/dev/null; done
}
{ # What a snapshot asks, without what pgdeck makes of it.
    echo 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;'
    cd "$(dirname "$0")/.."
    for file in migrate/snapshot/{snapshot_settings,depend,casts,left_out,not_modelled}.sql migrate/kinds/*.sql; do
        case $file in *_[0-9][0-9].sql) continue ;; esac # for older servers
        cat "$file"
        echo ';'
    done
    echo 'COMMIT;'
} >"$work/catalog.sql"
cat >"$work/bare" <<EOF
"$psql" -qXAt -f "$work/catalog.sql" "$(of a)" >"$work/a" &
"$psql" -qXAt -f "$work/catalog.sql" "$(of b)" >"$work/b"
wait
EOF
cat >"$work/dump" <<EOF
"$programs/pg_dump" -s "$(of a)" | sed -E '/^.(un)?restrict /d' >"$work/a"
"$programs/pg_dump" -s "$(of b)" | sed -E '/^.(un)?restrict /d' >"$work/b"
diff "$work/a" "$work/b"
EOF
for tables in 200 1000; do
    make_databases $tables
    compare "diff of $tables tables / its catalog queries" "$runs" true "$pgdeck" -q diff "$(of a)" "$(of b)" -- bash "$work/bare"
    compare "diff of $tables tables / pg_dump twice, diff" "$runs" true "$pgdeck" -q diff "$(of a)" "$(of b)" -- bash "$work/dump"
    if [ -x /usr/bin/time ]; then
        /usr/bin/time -f %M -o "$work/memory" "$pgdeck" -q diff "$(of a)" "$(of b)" >/dev/null
        /usr/bin/time -f %M -o "$work/memory_dump" "$programs/pg_dump" -s "$(of a)" >/dev/null
        printf '%-44s %10.1f MB %10.1f MB\n' "memory of the diff / of one pg_dump" \
            "$(awk '{ print $1 / 1024 }' "$work/memory")" "$(awk '{ print $1 / 1024 }' "$work/memory_dump")"
    fi
done

# A history of 300 files over 100 tables, as projects have them, and its init script.
history=$work/history
mkdir -p "$history/migrations"
for i in $(seq 1 300); do
    t=$(((i - 1) / 3))
    case $((i % 3)) in
    1) cat <<SQL ;;
CREATE TABLE h$t (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, code text NOT NULL UNIQUE, name varchar(200) NOT NULL CHECK (name <> ''),
    state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'open', 'done')), amount numeric(12,2) NOT NULL DEFAULT 0,
    data jsonb NOT NULL DEFAULT '{}', owner_id bigint, created_at timestamptz NOT NULL DEFAULT now(), updated_at timestamptz);
CREATE INDEX h${t}_state_idx ON h$t (state) WHERE state <> 'done';
CREATE INDEX h${t}_data_idx ON h$t USING gin (data);
COMMENT ON TABLE h$t IS 'number $t';
CREATE FUNCTION h${t}_touch() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN NEW.updated_at := now(); RETURN NEW; END \$\$;
CREATE TRIGGER h${t}_touch BEFORE UPDATE ON h$t FOR EACH ROW EXECUTE FUNCTION h${t}_touch();
SQL
    2) echo "INSERT INTO h$t (code, name, amount) SELECT 'c' || i, 'name ' || i, i FROM generate_series(1, 5) AS i;"
       echo "UPDATE h$t SET data = jsonb_build_object('n', id);" ;;
    0) echo "ALTER TABLE h$t ADD COLUMN note text, ALTER COLUMN amount TYPE numeric(14,4);"
       echo "CREATE INDEX h${t}_note_idx ON h$t (note);"
       echo "CREATE VIEW hv$t AS SELECT id, code, name, note FROM h$t WHERE state = 'open';" ;;
    esac >"$history/migrations/$(printf %04d "$i")_step.sql"
done
"$pgdeck" -q -C "$history" baseline --write >/dev/null
"$pgdeck" -q -C "$history" baseline >/dev/null
beside() { "$@" || [ $? -eq 1 ]; } # differences are an answer
added=300
for i in $(seq $((runs / 3 + 1))); do
    added=$((added + 1))
    echo "ALTER TABLE h1 ADD COLUMN more$added text;" >"$history/migrations/0${added}_more.sql"
    milliseconds beside "$pgdeck" -q -C "$history" baseline >>"$work/one_new"
    echo "-- $added" >>"$history/migrations/0001_step.sql"
    milliseconds "$pgdeck" -q -C "$history" snapshot migrations >>"$work/replayed"
    echo "-- $added" >>"$history/migrations/0001_step.sql"
    milliseconds beside "$pgdeck" -q -C "$history" baseline >>"$work/all_new"
done
printf '\n%-44s %13s %13s %9s\n' 'baseline over 300 migrations' 'one new file' 'all anew' ratio
printf '%s %s\n' "$(median <"$work/one_new")" "$(median <"$work/replayed")" |
    awk '{ printf "%-44s %10.1f ms %10.1f ms %7.2f x\n", "baseline / replay and snapshot of all", $1 / 1000, $2 / 1000, $1 / $2 }'
printf '%s %s\n' "$(median <"$work/one_new")" "$(median <"$work/all_new")" |
    awk '{ printf "%-44s %10.1f ms %10.1f ms %7.2f x\n", "baseline / baseline", $1 / 1000, $2 / 1000, $1 / $2 }'

# ---- the house rules ----------------------------------------------------------------------------------------------

# 300 files that may run twice, with their init script and documentation.
orderly=$work/orderly
mkdir -p "$orderly/migrations" "$orderly/docs"
for i in $(seq 1 300); do
    t=$(((i - 1) / 3))
    name=$(printf %04d "$i")_step
    case $((i % 3)) in
    1) cat <<SQL ;;
CREATE TABLE IF NOT EXISTS h$t (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, code text NOT NULL UNIQUE, name varchar(200) NOT NULL CHECK (name <> ''),
    state text NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'open', 'done')), amount numeric(12,2) NOT NULL DEFAULT 0,
    data jsonb NOT NULL DEFAULT '{}', owner_id bigint, created_at timestamptz NOT NULL DEFAULT '2026-01-01', updated_at timestamptz);
CREATE INDEX IF NOT EXISTS h${t}_state_idx ON h$t (state) WHERE state <> 'done';
CREATE INDEX IF NOT EXISTS h${t}_data_idx ON h$t USING gin (data);
COMMENT ON TABLE h$t IS 'number $t';
CREATE OR REPLACE FUNCTION h${t}_touch() RETURNS trigger LANGUAGE plpgsql AS \$\$ BEGIN NEW.updated_at := now(); RETURN NEW; END \$\$;
DROP TRIGGER IF EXISTS h${t}_touch ON h$t;
CREATE TRIGGER h${t}_touch BEFORE UPDATE ON h$t FOR EACH ROW EXECUTE FUNCTION h${t}_touch();
SQL
    2) echo "INSERT INTO h$t (id, code, name, amount) SELECT i, 'c' || i, 'name ' || i, i FROM generate_series(1, 5) AS i ON CONFLICT DO NOTHING;" ;;
    0) echo "ALTER TABLE h$t ADD COLUMN IF NOT EXISTS note text;"
       echo "CREATE INDEX IF NOT EXISTS h${t}_note_idx ON h$t (note);"
       echo "CREATE OR REPLACE VIEW hv$t AS SELECT id, code, name, note FROM h$t WHERE state = 'open';" ;;
    esac >"$orderly/migrations/$name.sql"
    printf '## %s\n\n**Intent.** The step number %s of the history that is timed.\n\n**Safety.** Locks nothing that is in use at that time.\n\n' "$name" "$i"
done >"$orderly/docs/DATABASE_MIGRATIONS.md"
"$pgdeck" -q -C "$orderly" baseline --write >/dev/null
"$psql" -qX "$url" -c 'DROP DATABASE IF EXISTS twice' -c 'CREATE DATABASE twice' 2>/dev/null
replay_twice() {
    "$psql" -qX "$(of twice)" -c 'DROP SCHEMA public CASCADE; CREATE SCHEMA public'
    for pass in 1 2; do
        for file in "$orderly"/migrations/*.sql; do printf 'BEGIN;\n\\i %s\nCOMMIT;\n' "$file"; done |
            "$psql" -qX -v ON_ERROR_STOP=1 "$(of twice)"
    done
}
for i in $(seq $((runs / 3 + 1))); do
    echo "-- $i" >>"$orderly/migrations/0001_step.sql"
    milliseconds beside "$pgdeck" -q -C "$orderly" check >>"$work/first"
    milliseconds replay_twice >>"$work/twice"
    echo "-- $i" >>"$orderly/migrations/0300_step.sql"
    milliseconds beside "$pgdeck" -q -C "$orderly" check >>"$work/touched"
    milliseconds beside "$pgdeck" -q -C "$orderly" check >>"$work/again"
done
printf '\n%-44s %13s %13s %9s\n' 'check of 300 migrations' check 'other' ratio
for pair in 'first twice everything new / psql twice' 'touched first the last file changed / everything new' 'again first nothing changed / everything new'; do
    printf '%s %s %s\n' "$(median <"$work/${pair%% *}")" "$(cut -d' ' -f2 <<<"$pair" | sed "s#^#$work/#" | xargs cat | median)" "${pair#* * }" |
        awk '{ n = $3; for (i = 4; i <= NF; i++) n = n " " $i; printf "%-44s %10.1f ms %10.1f ms %7.2f x\n", n, $1 / 1000, $2 / 1000, $1 / $2 }'
done

# ---- rows as CSV --------------------------------------------------------------------------------------------------

"$psql" -qX "$url" -c 'DROP DATABASE IF EXISTS a' -c 'CREATE DATABASE a' 2>/dev/null
"$psql" -qX "$(of a)" -c "CREATE TABLE wide AS SELECT n::bigint AS id, n % 100 AS agent_id, 'name ' || n AS name,
    CASE WHEN n % 3 > 0 THEN 'a note, with \"quotes\" ' || md5(n::text) END AS note, n / 7.0 AS cost, 'active' AS status,
    jsonb_build_object('a', n) AS data, now() AS created_at, false AS is_deleted FROM generate_series(1, 100000) AS n" \
    -c 'ALTER TABLE wide ADD PRIMARY KEY (id)' -c 'CREATE TABLE heap AS SELECT id, name FROM wide' -c 'VACUUM ANALYZE'
printf '\n%-44s %13s %13s %9s\n' '100,000 rows as CSV' pgdeck 'psql --csv' ratio
compare 'nine columns, by the key' "$runs" true "$pgdeck" -q -d "$(of a)" rows wide --csv -- \
    "$psql" -qX --csv "$(of a)" -c 'SELECT * FROM wide WHERE NOT is_deleted ORDER BY id'
compare 'two columns, no key' "$runs" true "$pgdeck" -q -d "$(of a)" rows heap --csv -- "$psql" -qX --csv "$(of a)" -c 'SELECT * FROM heap'
if [ -x /usr/bin/time ]; then
    /usr/bin/time -f %M -o "$work/memory" "$pgdeck" -q -d "$(of a)" rows wide --csv >/dev/null
    /usr/bin/time -f %M -o "$work/memory_psql" "$psql" -qX --csv "$(of a)" -c 'SELECT * FROM wide ORDER BY id' >/dev/null
    printf '%-44s %10.1f MB %10.1f MB\n' memory "$(awk '{ print $1 / 1024 }' "$work/memory")" "$(awk '{ print $1 / 1024 }' "$work/memory_psql")"
fi
