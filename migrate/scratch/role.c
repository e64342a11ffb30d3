/* Roles that files name: made beforehand, plain, the owner of scratch databases a member of each. What exists is left
 * as it is: it is ours already, or, on a server that the user named, somebody else's. */
#include "migrate/scratch/private.h"
#include "store/sql.h"

#define NAME_MOST 63 /* bytes that PostgreSQL keeps of a name */

static bool is_known(const struct scratch *scratch, const char *name)
{
    for (size_t i = 0; i < scratch->known_role_count; i++)
        if (!strcmp(scratch->known_roles[i], name))
            return true;
    return false;
}

static void remember(struct scratch *scratch, const char *name)
{
    scratch->known_roles =
        talloc_realloc(scratch, scratch->known_roles, const char *, (unsigned)scratch->known_role_count + 1);
    scratch->known_roles[scratch->known_role_count++] = talloc_strdup(scratch->known_roles, name);
}

/* Names that stand for no role of one's own, or that the server keeps for its own. Membership in one of those would be
 * worth as much as superuser (pg_execute_server_program). */
static bool may_be_made(const char *name)
{
    static const char *const reserved[] = {"public", "none", "current_user", "current_role", "session_user"};
    for (size_t i = 0; i < countof(reserved); i++)
        if (!strcmp(name, reserved[i]))
            return false;
    return *name && strlen(name) <= NAME_MOST && strncmp(name, "pg_", 3) != 0;
}

static bool exists(struct scratch *scratch, const char *name, bool *is_there, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct result *result =
        admin_query(memory, scratch, PARAMETERS(name), error, "SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1");
    *is_there = result && result_row_count(result) > 0;
    talloc_free(memory);
    return result;
}

/* One statement: no role is left behind without its member. Another process may be faster. */
static bool make(struct scratch *scratch, const char *name, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    bool ok = admin_execute(scratch, NO_PARAMETERS, error,
                            talloc_asprintf(memory, "CREATE ROLE %s NOLOGIN ROLE %s", sql_identifier(memory, name),
                                            sql_identifier(memory, scratch->role)));
    talloc_free(memory);
    if (ok || !(error_is_sqlstate(error, "42710") || error_is_sqlstate(error, "23505")))
        return ok;
    error_clear(error);
    return true;
}

bool scratch_make_roles(struct scratch *scratch, const char *const *names, struct error *error)
{
    for (size_t i = 0; names[i]; i++) {
        bool is_there = true;
        if (!may_be_made(names[i]) || is_known(scratch, names[i]))
            continue;
        if (!exists(scratch, names[i], &is_there, error))
            return false;
        if (!is_there && !make(scratch, names[i], error)) {
            /* On a server where the user may make none, the statements that need it become findings. */
            if (!error_is_sqlstate(error, "42501"))
                return error_prefix(error, "cannot make the role \"%s\"", names[i]);
            error_clear(error);
        }
        remember(scratch, names[i]);
    }
    return true;
}

bool scratch_make_named_roles(struct scratch *scratch, const struct statement_list *statements, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char **names = NULL;
    size_t count = 0;
    for (size_t i = 0; i < statements->count; i++)
        role_names_add(memory, statements->items[i].text, statements->items[i].size_bytes, &names, &count);
    names = talloc_realloc(memory, names, const char *, (unsigned)count + 1);
    names[count] = NULL;
    bool ok = scratch_make_roles(scratch, names, error);
    talloc_free(memory);
    return ok;
}
