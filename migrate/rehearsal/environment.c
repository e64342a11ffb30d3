/* See program.h: which database the tests meet. What leads to another one is taken away, and not only replaced: a
 * service or a password of the real target must not reach them. */
#include "migrate/rehearsal/program.h"

#include "store/conninfo.h"
#include "store/url.h"

#define SCHEME "postgresql"

static const char *const url_variables[] = {"DATABASE__URL", "DATABASE_URL"};
static const char *const libpq_variables[][2] = {
    {"PGHOST", "host"}, {"PGPORT", "port"}, {"PGUSER", "user"}, {"PGDATABASE", "dbname"}, {"PGPASSWORD", "password"},
};

struct list {
    TALLOC_CTX *owner;
    const char **items;
    size_t count;
};

static void add(struct list *list, const char *text)
{
    list->items = talloc_realloc(list->owner, list->items, const char *, (unsigned)list->count + 2);
    list->items[list->count++] = text;
    list->items[list->count] = NULL;
}

static bool is_named(const char *entry, const char *name)
{
    size_t length = strlen(name);
    return !strncmp(entry, name, length) && entry[length] == '=';
}

/* Variables of pgdeck's own but its target, and those of the server's programs (PGDATA), stay. */
static bool leads_elsewhere(const char *entry)
{
    static const char *const spared[] = {"PGDATA", "PGTZ", "PGDATESTYLE"};
    if (is_named(entry, "PGDECK_TARGET"))
        return true;
    for (size_t i = 0; i < countof(url_variables); i++)
        if (is_named(entry, url_variables[i]))
            return true;
    for (size_t i = 0; i < countof(spared); i++)
        if (is_named(entry, spared[i]))
            return false;
    return !strncmp(entry, "PG", 2) && strncmp(entry, "PGDECK_", 7) != 0;
}

/* "postgresql+asyncpg" where the project writes its own so. Owner: `owner`. */
static const char *scheme_of(TALLOC_CTX *owner, const struct settings *settings, const char *variable)
{
    const char *value = settings_variable(settings, SCOPE_DOTENV, variable, NULL);
    const char *end = value ? strstr(value, "://") : NULL;
    if (!end || strncmp(value, "postgres", strlen("postgres")) != 0)
        return SCHEME;
    return talloc_strndup(owner, value, (size_t)(end - value));
}

const char *const *program_environment(TALLOC_CTX *owner, const struct settings *settings,
                                       const char *const *environment, const struct target *target)
{
    struct list list = {.owner = owner};
    for (; environment && *environment; environment++)
        if (!leads_elsewhere(*environment))
            add(&list, *environment);
    for (size_t i = 0; i < countof(url_variables); i++)
        add(&list, talloc_asprintf(owner, "%s=%s", url_variables[i],
                                   url_of_target(owner, target, scheme_of(owner, settings, url_variables[i]))));
    for (size_t i = 0; i < countof(libpq_variables); i++) {
        const char *value = conninfo_get(target->keywords, target->values, libpq_variables[i][1]);
        if (value)
            add(&list, talloc_asprintf(owner, "%s=%s", libpq_variables[i][0], value));
    }
    return list.items;
}
