#!/usr/bin/env bash
# Runs what docs/workflows offers, as it stands there: the hook in real commits, the steps of the CI workflow, the make
# targets, the container's first start as the image's entrypoint does it, the blocks of the runbook and of the change plan on
# a real server (the private cluster of a copy of the reference project). PGDECK names the program.
set -u -o pipefail
export LC_ALL=C
unset PGHOST PGHOSTADDR PGPORT PGDATABASE PGUSER PGSERVICE PGOPTIONS PGDECK_TARGET DATABASE__URL DATABASE_URL MAKEFLAGS MAKELEVEL
# Git's own, where this runs from a hook; and nobody's settings.
while read -r name; do unset "$name"; done < <(env | sed -n 's/^\(GIT_[A-Z_]*\)=.*/\1/p')
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b

pgdeck=$(realpath -m -- "${PGDECK:-$(dirname -- "$0")/../build/pgdeck}")
root=$(realpath -- "$(dirname -- "$0")/..")
work=$(mktemp -d)
project=$work/project
flows=docs/workflows
passed=0
failed=0

verdict() { # NAME STATUS: what a failed one had to say follows it
    if [ "$2" -eq 0 ]; then
        passed=$((passed + 1))
        echo "ok      $1"
    else
        failed=$((failed + 1))
        echo "not ok  $1"
        sed -n '1,25s/^/        /p' "$work/evidence"
    fi
}

check() { # NAME COMMAND...: it succeeds
    local name=$1
    shift
    "$@" >"$work/evidence" 2>&1 </dev/null
    verdict "$name" $?
}

check_not() { # NAME TEXT COMMAND...: it fails, and says TEXT
    local name=$1 text=$2 status=0
    shift 2
    if "$@" >"$work/evidence" 2>&1 </dev/null; then status=1; fi
    grep -qF -- "$text" "$work/evidence" || status=1
    verdict "$name" "$status"
}

finish() {
    local status=$?
    trap - EXIT INT TERM HUP
    "$pgdeck" -C "$project" cluster destroy --yes >/dev/null 2>&1
    rm -rf -- "$work"
    exit "$status"
}
trap finish EXIT INT TERM HUP

# --- A project: the reference project's files, under git, with pgdeck in its PATH

mkdir -p "$project" "$work/bin"
ln -s "$pgdeck" "$work/bin/pgdeck"
PATH=$work/bin:$PATH
cp -r --parents -- "$root/migrations" "$root/initdb" "$root/store/models" "$root/docs" "$work"
mv "$work$root"/* "$project"
rm -rf -- "$project/docs/audits"
cd "$project" || exit 2
printf 'include docs/workflows/schema.mk\n' >Makefile
printf '/logs/\n' >.gitignore
git init -q -b main . && git add -A

# --- make setup, and the hook

check 'make setup installs the hook' make -s setup
check 'the first commit passes it' git commit -qm first
check 'make setup again changes nothing' make -s setup
hook=$(git rev-parse --git-path hooks)/pre-commit
mv "$hook" "$work/hook" && printf '#!/bin/sh\n' >"$hook"
check_not 'another hook is left alone' 'is there already' make -s setup
check 'as it was' grep -qx '#!/bin/sh' "$hook"
mv "$work/hook" "$hook"

model=store/models/agent.yaml
defect() { sed -i '0,/nullable: [a-z]*/s///; 0,/, *,/s//,/; 0,/, *}/s//}/' "$model"; }
mend() { git show "HEAD:$model" >"$model"; }
defect
git add "$model"
check_not 'a staged defect stops the commit' "$model" git commit -qm bad
mend
check_not 'mended beside the index, it still does' "$model" git commit -qm bad
git add "$model"
defect
echo words >>docs/DATABASE_MIGRATIONS.md && git add docs/DATABASE_MIGRATIONS.md
check 'a defect that is not staged does not' git commit -qm words
mend
echo more >notes && git add notes
check 'a commit beside the schema passes' git commit -qm notes
mkdir linked && git worktree add -q linked/tree && check 'the hook works in a linked worktree' \
    sh -c 'cd linked/tree && echo x >y && git add y && git commit -qm y'
git worktree remove --force linked/tree && rmdir linked

# --- the CI workflow

steps() { # FILE: each block under "run: |", ended by a line of its own
    awk '/^ *run: \|$/ { depth = index($0, "run:") + 1; on = 1; next }
         on && $0 != "" && match($0, /[^ ]/) && RSTART <= depth { on = 0; print "\001" }
         on { print substr($0, depth + 1) }
         END { if (on) print "\001" }' "$1"
}

ci() { # BASE: runs the steps as the runner does, each in a shell of its own
    local step='' line
    : >"$work/summary"
    while IFS= read -r line; do
        if [ "$line" != $'\001' ]; then
            step+=$line$'\n'
            continue
        fi
        BASE=$1 PGDECK_TARGET=embedded RUNNER_TEMP=$work GITHUB_STEP_SUMMARY=$work/summary \
            bash --noprofile --norc -eo pipefail -c "$step" || return
        step=''
    done < <(steps "$flows/schema.yml")
}

check 'the workflow has its three steps' test "$(steps "$flows/schema.yml" | grep -c $'\001')" -eq 3
check 'the workflow passes a branch in order' ci HEAD~1
check 'its summary holds the evidence' grep -q '## Schema check' "$work/summary"
defect
check_not 'the workflow stops a defect, in a branch that is pushed for the first time' '' ci 0000000000000000000000000000000000000000
check 'its summary names it' grep -q "$model" "$work/summary"
mend

# --- the make targets, on a server

check 'a server starts' pgdeck cluster start
url=$(pgdeck cluster url)
psql() { command psql -X -q -v ON_ERROR_STOP=1 "$@"; }
check 'a database is made' psql -d "$url" -c 'CREATE DATABASE production'
production=${url/\/embedded\?/\/production?}
printf 'targets:\n  production: {url: "%s", guard: confirm}\n' "$production" >pgdeck.yaml
check 'make check holds' make -s check CHECK='--since HEAD'
check_not 'make migrate asks for the confirmation' 'confirm' make -s migrate TARGET=production
check 'make migrate applies' make -s migrate TARGET=production APPLY='--to 012 --confirm production'

# --- the runbook and the change plan

blocks() { sed -n '/^```sh$/,/^```$/{/^```/d;p}' "$1"; } # FILE
run_blocks() { blocks "$1" >"$work/blocks" && bash -eu "$work/blocks"; }

check 'the runbook has its blocks' test "$(grep -c '^```sh$' "$flows/runbook.md")" -ge 5
check 'the runbook runs to its end' env TARGET=production DATABASE=production TESTS='pgdeck status --exit-code' \
    bash -c "$(declare -f blocks run_blocks); work=$work; run_blocks $flows/runbook.md"
check 'it asked ping before and after' test "$(grep -c 'round trip' "$work/evidence")" -eq 2
check 'nothing is pending behind it' pgdeck -d production status --exit-code
check 'the commands of the change plan run' env BASE=HEAD~1 PGDECK_TARGET=production \
    bash -c "$(declare -f blocks run_blocks); work=$work; run_blocks $flows/change-plan.md"

# --- the container: the entrypoint of docker.io/library/postgres runs *.sql so (docker_process_init_files)

database=$(sed -n 's/^ENV POSTGRES_DB=//p' "$flows/Containerfile")
script=$(sed -n 's|^COPY \(.*\) /docker-entrypoint-initdb.d/.*|\1|p' "$flows/Containerfile")
health=$(sed -n "s/.* -c '\\(.*\\)' || exit 1\$/\\1/p" "$flows/Containerfile")
shop=${url/\/embedded\?/\/$database?}
check 'the container has its database' psql -d "$url" -c "CREATE DATABASE $database"
check 'its first start runs the init script' psql --no-password -d "$shop" -f "$script"
check 'it is healthy then' psql -d "$shop" -c "$health"
check 'nothing is pending in it' env DATABASE__URL="$shop" pgdeck status --exit-code

# --- on ourselves

cd "$root" || exit 2
check 'this repository has the targets' make -s -n setup check migrate PGDECK="$pgdeck"
check 'its schema is in order' make -s check PGDECK="$pgdeck" CHECK='-d embedded'

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
