/* Which mirror a word of the command line means. */
#include "migrate/mirror.h"

#include "store/conninfo.h"
#include "store/redact.h"
#include "store/suggest.h"

static const char *const names[] = {
    [MIRROR_MODELS] = "models",
    [MIRROR_MIGRATIONS] = "migrations",
    [MIRROR_INIT] = "init",
    [MIRROR_LIVE] = "live",
};

static struct mirror_source *make(TALLOC_CTX *owner, enum mirror_kind kind, const char *word)
{
    struct mirror_source *source = talloc_zero(owner, struct mirror_source);
    if (!source)
        abort();
    source->kind = kind;
    source->word = redact_patterns(source, word);
    return source;
}

static bool is_sql_file(const char *word)
{
    size_t size = strlen(word);
    return size > 4 && !strcmp(word + size - 4, ".sql");
}

static bool is_target_name(const struct settings *settings, const char *word)
{
    size_t count;
    const struct settings_target *targets = settings_targets(settings, &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(targets[i].name, word))
            return true;
    return !strcmp(word, "embedded");
}

/* A path may hold a "=", a connection string end in .sql: what is no keyword=value or URI from its start is a path. */
static bool is_connection_string(const char *word)
{
    size_t key = strspn(word, "abcdefghijklmnopqrstuvwxyz_ ");
    return strstr(word, "://") || (key && word[key] == '=');
}

static struct mirror_source *make_file(TALLOC_CTX *owner, const char *word)
{
    struct mirror_source *source = make(owner, MIRROR_FILE, word);
    source->path = source->word = talloc_strdup(source, word);
    return source;
}

static struct mirror_source *make_database(TALLOC_CTX *owner, const struct settings *settings, const char *word,
                                           struct error *error)
{
    struct mirror_source *source = make(owner, MIRROR_DATABASE, word);
    struct target *target = target_of_operand(source, settings, word, "source", error);
    if (!target) {
        talloc_free(source);
        return NULL;
    }
    source->target = target;
    source->word = target_redact(source, target, source->word);
    return source;
}

static struct mirror_source *make_live(TALLOC_CTX *owner, const struct target *target, struct error *error)
{
    if (!target) {
        error_set(error, ERROR_USAGE, "\"live\" cannot be asked for here: there is no target");
        error_hint(error, "Name a database by its target's name or a connection string.");
        return NULL;
    }
    struct mirror_source *source = make(owner, MIRROR_LIVE, names[MIRROR_LIVE]);
    source->target = target;
    return source;
}

static struct mirror_source *refuse(const struct settings *settings, const char *word, struct error *error)
{
    size_t count;
    const struct settings_target *targets = settings_targets(settings, &count);
    const char **known = talloc_zero_size(NULL, (countof(names) + count + 2) * sizeof *known);
    if (!known)
        abort();
    memcpy(known, names, sizeof names);
    for (size_t i = 0; i < count; i++)
        known[countof(names) + i] = targets[i].name;
    known[countof(names) + count] = "embedded";
    const char *nearest = suggest_nearest(word, known);
    static const char all[] =
        "Sources are models, migrations, init, live, a path that ends in .sql, a target's name, a connection string.";
    if (strpbrk(word, "@:")) /* a connection string with a slip, and maybe a password in it */
        error_set(error, ERROR_USAGE, "what was given is no source");
    else
        error_set(error, ERROR_USAGE, "there is no source \"%.80s\"", word);
    if (nearest)
        error_hint(error, "Did you mean \"%s\"? %s", nearest, all);
    else
        error_hint(error, "%s", all);
    talloc_free(known);
    return NULL;
}

struct mirror_source *mirror_source_parse(TALLOC_CTX *owner, const struct settings *settings,
                                          const struct target *target, const char *word, struct error *error)
{
    for (size_t i = 0; i < countof(names); i++)
        if (!strcmp(word, names[i]))
            return i == MIRROR_LIVE ? make_live(owner, target, error) : make(owner, (enum mirror_kind)i, word);
    if (is_target_name(settings, word) || is_connection_string(word))
        return make_database(owner, settings, word, error);
    return is_sql_file(word) ? make_file(owner, word) : refuse(settings, word, error);
}

bool mirror_source_is_live(const char *word) { return !strcmp(word, names[MIRROR_LIVE]); }

const char *mirror_source_name(const struct mirror_source *source) { return source->word; }
