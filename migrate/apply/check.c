/* See check.h. A table of shapes: words of the statement on the left, how to ask the catalog on the right. */
#include "migrate/apply/check.h"

#include <ctype.h>

#include "store/sql.h"

#define WORDS_MOST 24

/* What a statement is about. */
struct subject {
    enum subject_kind {
        SUBJECT_NONE,       /* not known */
        SUBJECT_REPEATABLE, /* VACUUM and the like: running it again does no harm */
        SUBJECT_NEW_INDEX,
        SUBJECT_OLD_INDEX, /* DROP INDEX */
        SUBJECT_PARTITION, /* DETACH */
        SUBJECT_CREATED,   /* a row of a shared catalog */
        SUBJECT_DROPPED,
    } kind;
    const char *name;  /* as it can be handed to to_regclass; NULL: the server chooses */
    const char *table; /* likewise */
    const char *catalog, *column;
};

struct words {
    const char *items[WORDS_MOST];
    size_t count;
};

static bool is_word(const struct words *words, size_t place, const char *word)
{
    return place < words->count && !strcmp(words->items[place], word);
}

static size_t skip(const struct words *words, size_t place, const char *const *sequence)
{
    for (size_t i = 0; sequence[i]; i++)
        if (!is_word(words, place + i, sequence[i]))
            return place;
    while (*sequence++)
        place++;
    return place;
}

/* Takes "name" or "schema . name" from `place` on; *next gets what follows. Unquoted words are folded as the server
 * does. */
static const char *take_name(TALLOC_CTX *owner, const struct words *words, size_t place, size_t *next)
{
    char *name = talloc_strdup(owner, "");
    for (; place < words->count; place++) {
        const char *word = words->items[place];
        if (*word == '"') {
            name = talloc_strdup_append(name, word);
        } else {
            char *folded = talloc_strdup(name, word);
            for (char *c = folded; *c; c++)
                *c = (char)((unsigned char)*c < 0x80 ? tolower((unsigned char)*c) : *c);
            name = talloc_strdup_append(name, folded);
        }
        if (!is_word(words, place + 1, "."))
            break;
        name = talloc_strdup_append(name, ".");
        place++;
    }
    *next = place + 1;
    return name;
}

static const char *const if_not_exists[] = {"IF", "NOT", "EXISTS", NULL};
static const char *const if_exists[] = {"IF", "EXISTS", NULL};

/* CREATE [UNIQUE] INDEX CONCURRENTLY [[IF NOT EXISTS] name] ON [ONLY] table */
static struct subject new_index(TALLOC_CTX *owner, const struct words *words)
{
    struct subject subject = {.kind = SUBJECT_NEW_INDEX};
    size_t place = is_word(words, 1, "UNIQUE") ? 4 : 3;
    place = skip(words, place, if_not_exists);
    if (!is_word(words, place, "ON"))
        subject.name = take_name(owner, words, place, &place);
    place += is_word(words, place, "ON") ? 1 : 0;
    place += is_word(words, place, "ONLY") ? 1 : 0;
    subject.table = take_name(owner, words, place, &place);
    return subject;
}

/* ALTER TABLE [IF EXISTS] [ONLY] parent DETACH PARTITION child CONCURRENTLY */
static struct subject partition(TALLOC_CTX *owner, const struct words *words)
{
    struct subject subject = {.kind = SUBJECT_PARTITION};
    size_t place = skip(words, 2, if_exists);
    place += is_word(words, place, "ONLY") ? 1 : 0;
    subject.table = take_name(owner, words, place, &place);
    if (!is_word(words, place, "DETACH"))
        return (struct subject){.kind = SUBJECT_NONE};
    subject.name = take_name(owner, words, place + 2, &place);
    return subject;
}

/* Statements whose first words say all; CREATED and DROPPED are followed by [IF EXISTS] name. */
static const struct {
    const char *first, *second;
    enum subject_kind kind;
    const char *catalog, *column;
} shapes[] = {
    {"VACUUM", NULL, SUBJECT_REPEATABLE, NULL, NULL},
    {"REINDEX", NULL, SUBJECT_REPEATABLE, NULL, NULL},
    {"CLUSTER", NULL, SUBJECT_REPEATABLE, NULL, NULL},
    {"ANALYZE", NULL, SUBJECT_REPEATABLE, NULL, NULL},
    {"CHECKPOINT", NULL, SUBJECT_REPEATABLE, NULL, NULL},
    {"DISCARD", NULL, SUBJECT_REPEATABLE, NULL, NULL},
    {"ALTER", "SYSTEM", SUBJECT_REPEATABLE, NULL, NULL},
    {"ALTER", "DATABASE", SUBJECT_REPEATABLE, NULL, NULL},
    {"ALTER", "SUBSCRIPTION", SUBJECT_REPEATABLE, NULL, NULL},
    {"CREATE", "DATABASE", SUBJECT_CREATED, "pg_database", "datname"},
    {"DROP", "DATABASE", SUBJECT_DROPPED, "pg_database", "datname"},
    {"CREATE", "TABLESPACE", SUBJECT_CREATED, "pg_tablespace", "spcname"},
    {"DROP", "TABLESPACE", SUBJECT_DROPPED, "pg_tablespace", "spcname"},
    {"CREATE", "SUBSCRIPTION", SUBJECT_CREATED, "pg_subscription", "subname"},
    {"DROP", "SUBSCRIPTION", SUBJECT_DROPPED, "pg_subscription", "subname"},
};

static struct subject find_subject(TALLOC_CTX *owner, const struct statement *statement)
{
    struct words words;
    words.count = statement_words(owner, statement, words.items, WORDS_MOST);
    if (statement->kind == STATEMENT_CONCURRENTLY && is_word(&words, 0, "CREATE"))
        return new_index(owner, &words);
    if (statement->kind == STATEMENT_CONCURRENTLY && is_word(&words, 0, "ALTER"))
        return partition(owner, &words);
    if (statement->kind == STATEMENT_CONCURRENTLY && is_word(&words, 0, "DROP")) {
        size_t next, place = skip(&words, 3, if_exists);
        const char *name = take_name(owner, &words, place, &next);
        /* DROP INDEX CONCURRENTLY takes one name only. */
        return (struct subject){.kind = SUBJECT_OLD_INDEX, .name = name};
    }
    for (size_t i = 0; i < countof(shapes); i++) {
        if (!is_word(&words, 0, shapes[i].first) || (shapes[i].second && !is_word(&words, 1, shapes[i].second)))
            continue;
        struct subject subject = {.kind = shapes[i].kind, .catalog = shapes[i].catalog, .column = shapes[i].column};
        size_t next;
        if (subject.catalog)
            subject.name = take_name(owner, &words, skip(&words, 2, if_exists), &next);
        return subject;
    }
    return (struct subject){.kind = SUBJECT_NONE};
}

/* Asks a question with one text for an answer; NULL where there is no row. */
static bool ask(TALLOC_CTX *owner, struct connection *connection, struct parameters parameters, const char *sql,
                const char **answer, struct error *error)
{
    struct result *result = connection_query(owner, connection, parameters, error, sql);
    if (!result)
        return false;
    *answer = result_value(result);
    return true;
}

/* The part behind the last dot, without quotes: what the catalog calls it. */
static const char *bare_name(TALLOC_CTX *owner, const char *name)
{
    const char *schema, *bare;
    struct error *ignored = error_new(owner);
    return sql_parse_qualified(owner, name, &schema, &bare, ignored) ? bare : name;
}

/* "absent", "valid", "invalid" of a named index; "indexes 1,2,3" (oids) where the server chooses the name. */
static bool new_index_state(TALLOC_CTX *owner, struct connection *connection, const struct subject *subject,
                            const char **state, struct error *error)
{
    if (!subject->name)
        return ask(
            owner, connection, PARAMETERS(subject->table),
            "SELECT 'indexes ' || coalesce(pg_catalog.string_agg(i.indexrelid::text, ',' ORDER BY i.indexrelid), '')"
            " FROM pg_catalog.pg_index i WHERE i.indrelid = pg_catalog.to_regclass($1)",
            state, error);
    if (!ask(owner, connection, PARAMETERS(subject->table, bare_name(owner, subject->name)),
             "SELECT CASE WHEN i.indisvalid AND i.indisready THEN 'valid' ELSE 'invalid' END"
             " FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
             " WHERE c.relname = $2 AND c.relnamespace ="
             " (SELECT t.relnamespace FROM pg_catalog.pg_class t WHERE t.oid = pg_catalog.to_regclass($1))",
             state, error))
        return false;
    if (!*state)
        *state = "absent";
    return true;
}

static bool existence(TALLOC_CTX *owner, struct connection *connection, const struct subject *subject,
                      const char **state, struct error *error)
{
    const char *sql;
    if (subject->kind == SUBJECT_OLD_INDEX)
        sql = "SELECT CASE WHEN pg_catalog.to_regclass($1) IS NULL THEN 'absent' ELSE 'present' END";
    else if (subject->kind == SUBJECT_PARTITION)
        /* pg_inherits.inhdetachpending is of servers from 14, as is DETACH CONCURRENTLY. */
        sql = "SELECT coalesce((SELECT CASE WHEN i.inhdetachpending THEN 'pending' ELSE 'present' END"
              " FROM pg_catalog.pg_inherits i WHERE i.inhrelid = pg_catalog.to_regclass($1)), 'absent')";
    else
        sql = talloc_asprintf(owner,
                              "SELECT CASE WHEN EXISTS (SELECT FROM pg_catalog.%s WHERE %s = $1)"
                              " THEN 'present' ELSE 'absent' END",
                              subject->catalog, subject->column);
    const char *name = subject->catalog ? bare_name(owner, subject->name) : subject->name;
    return ask(owner, connection, PARAMETERS(name), sql, state, error);
}

static bool read_state(TALLOC_CTX *owner, struct connection *connection, const struct subject *subject,
                       const char **state, struct error *error)
{
    switch (subject->kind) {
    case SUBJECT_NONE:
        *state = "unknown";
        return true;
    case SUBJECT_REPEATABLE:
        *state = "repeatable";
        return true;
    case SUBJECT_NEW_INDEX:
        return new_index_state(owner, connection, subject, state, error);
    case SUBJECT_OLD_INDEX:
    case SUBJECT_PARTITION:
    case SUBJECT_CREATED:
    case SUBJECT_DROPPED:
        return existence(owner, connection, subject, state, error);
    }
    return true;
}

bool check_before(TALLOC_CTX *owner, struct connection *connection, const struct statement *statement,
                  const char **before, struct error *error)
{
    struct subject subject = find_subject(owner, statement);
    return read_state(owner, connection, &subject, before, error);
}

static void judge_named_index(TALLOC_CTX *owner, const struct subject *subject, const char *before, const char *now,
                              struct check *check)
{
    if (!strcmp(now, "valid")) {
        check->outcome = CHECK_DONE;
    } else if (!strcmp(now, "absent")) {
        check->outcome = CHECK_NOTHING;
    } else {
        bool is_ours = before && !strcmp(before, "absent");
        check->outcome = is_ours ? CHECK_LEFTOVER : CHECK_STUCK;
        check->what = talloc_asprintf(owner, "index %s is invalid", subject->name);
    }
}

/* The name of a leftover index stands in its table's schema, whatever the search path finds by that name. */
static bool name_leftover(TALLOC_CTX *owner, struct connection *connection, const struct subject *subject,
                          const char *oids, struct check *check, struct error *error)
{
    const char *name;
    bool ok =
        subject->name
            ? ask(owner, connection, PARAMETERS(subject->table, bare_name(owner, subject->name)),
                  "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c"
                  " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = $2 AND c.relkind IN ('i', 'I')"
                  " AND n.oid = (SELECT t.relnamespace FROM pg_catalog.pg_class t"
                  " WHERE t.oid = pg_catalog.to_regclass($1))",
                  &name, error)
            : ask(owner, connection, PARAMETERS(subject->table, oids),
                  "SELECT pg_catalog.format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_index i"
                  " JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid"
                  " JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                  " WHERE i.indrelid = pg_catalog.to_regclass($1) AND NOT i.indisvalid"
                  " AND i.indexrelid::text <> ALL (pg_catalog.string_to_array($2, ','))",
                  &name, error);
    if (ok && name) {
        check->what = talloc_asprintf(owner, "index %s is invalid", name);
        check->repair = talloc_asprintf(owner, "DROP INDEX CONCURRENTLY IF EXISTS %s", name);
    }
    return ok;
}

/* An index without a name of its own: whatever was not there before is the statement's. */
static bool judge_unnamed_index(TALLOC_CTX *owner, struct connection *connection, const struct subject *subject,
                                const char *before, struct check *check, struct error *error)
{
    if (!before || strncmp(before, "indexes ", 8) != 0) {
        check->outcome = CHECK_UNKNOWN;
        return true;
    }
    const char *state;
    if (!ask(
            owner, connection, PARAMETERS(subject->table, before + 8),
            "SELECT CASE WHEN pg_catalog.bool_and(i.indisvalid) THEN 'valid' ELSE 'invalid' END FROM pg_catalog.pg_index i"
            " WHERE i.indrelid = pg_catalog.to_regclass($1)"
            " AND i.indexrelid::text <> ALL (pg_catalog.string_to_array($2, ',')) HAVING count(*) > 0",
            &state, error))
        return false;
    check->outcome = !state ? CHECK_NOTHING : !strcmp(state, "valid") ? CHECK_DONE : CHECK_LEFTOVER;
    return check->outcome != CHECK_LEFTOVER || name_leftover(owner, connection, subject, before + 8, check, error);
}

static void judge_existence(TALLOC_CTX *owner, const struct subject *subject, const char *before, const char *now,
                            struct check *check)
{
    bool is_wanted = subject->kind == SUBJECT_CREATED;
    if (subject->kind == SUBJECT_PARTITION && !strcmp(now, "pending")) {
        check->outcome = CHECK_LEFTOVER;
        check->completes = true;
        check->what = talloc_asprintf(owner, "partition %s is half detached", subject->name);
        check->repair =
            talloc_asprintf(owner, "ALTER TABLE %s DETACH PARTITION %s FINALIZE", subject->table, subject->name);
    } else if (!strcmp(now, is_wanted ? "present" : "absent")) {
        /* What stood as wanted before the statement proves nothing about it; but then running it again changes nothing.
         */
        check->outcome = before && !strcmp(before, now) ? CHECK_NOTHING : CHECK_DONE;
    } else {
        check->outcome = CHECK_NOTHING;
    }
}

bool check_after(TALLOC_CTX *owner, struct connection *connection, const struct statement *statement,
                 const char *before, struct check *check, struct error *error)
{
    struct subject subject = find_subject(owner, statement);
    const char *now;
    *check = (struct check){.outcome = CHECK_UNKNOWN};
    if (!read_state(owner, connection, &subject, &now, error))
        return false;
    switch (subject.kind) {
    case SUBJECT_NONE:
        return true;
    case SUBJECT_REPEATABLE:
        check->outcome = CHECK_NOTHING;
        return true;
    case SUBJECT_NEW_INDEX:
        if (!subject.name)
            return judge_unnamed_index(owner, connection, &subject, before, check, error);
        judge_named_index(owner, &subject, before, now, check);
        return check->outcome != CHECK_LEFTOVER || name_leftover(owner, connection, &subject, "", check, error);
    case SUBJECT_OLD_INDEX:
    case SUBJECT_PARTITION:
    case SUBJECT_CREATED:
    case SUBJECT_DROPPED:
        judge_existence(owner, &subject, before, now, check);
        return true;
    }
    return true;
}

bool check_may_repeat(const struct statement *statement)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct words words;
    words.count = statement_words(memory, statement, words.items, WORDS_MOST);
    bool is_full = false;
    for (size_t i = 1; i < words.count; i++)
        is_full = is_full || is_word(&words, i, "FULL");
    bool may =
        statement->kind != STATEMENT_CONCURRENTLY &&
        (is_word(&words, 0, "CLUSTER") || is_word(&words, 0, "REINDEX") || (is_word(&words, 0, "VACUUM") && is_full));
    talloc_free(memory);
    return may;
}
