/* Opening the server of scratch databases: the private cluster, or one that the user names. See scratch.h; the rest
 * stands in scratch/. */
#include "migrate/scratch.h"

#include "migrate/scratch/private.h"
#include "store/digest.h"
#include "store/sql.h"

#define OWNER_ROLE "pgdeck_scratch_owner"
#define READER_ROLE "pgdeck_scratch_reader"
#define AUTO "auto"
#define FORMAT "6" /* of the registry; in a private server the cluster's folder has it */

static int close_scratch(struct scratch *scratch)
{
    if (scratch->admin && connection_state(scratch->admin) != STATE_LOST) {
        connection_set_cancel(scratch->admin, NULL);
        registry_flush(scratch);
        registry_post_spares(scratch);
    }
    /* Their locks end with the session, and whoever opens scratch next clears them away. */
    for (struct scratch_database *database = scratch->databases; database; database = database->next)
        database->scratch = NULL;
    return 0;
}

static void note_version(struct scratch *scratch, int asked)
{
    int major = scratch->server_version / 10000;
    if (!asked || major == asked)
        return;
    scratch->note = talloc_asprintf(
        scratch,
        "scratch databases are made by PostgreSQL %d, the target runs %d: views, constraints and functions may read "
        "differently although they mean the same. Install the server programs of version %d (setting server_binaries).",
        major, asked, asked);
}

static bool connect_admin(struct scratch *scratch, const char *database, struct cancel *cancel, struct error *error)
{
    TALLOC_FREE(scratch->admin);
    scratch->admin = server_connect(scratch, scratch, database, SERVER_ADMIN, cancel, error);
    if (!scratch->admin)
        return false;
    scratch->server_version = connection_server_version(scratch->admin);
    if (scratch->server_version < 120000) {
        error_set(error, ERROR_CLUSTER, "the scratch server is PostgreSQL %d; 12 or newer is needed",
                  scratch->server_version / 10000);
        return error_hint(error, "Let the setting scratch name another server, or set it to auto.");
    }
    return true;
}

static bool open_private(struct scratch *scratch, int major, struct cancel *cancel, struct error *error)
{
    scratch->cluster = cluster_open_scratch(scratch, scratch->settings, major, error);
    if (!scratch->cluster || !cluster_acquire(scratch->cluster, cancel, error))
        return false;
    struct target *plain = target_parse(scratch, "dbname=postgres", error);
    if (!plain)
        return false;
    scratch->target = cluster_target(scratch, scratch->cluster, plain);
    scratch->prefix = "scratch";
    scratch->role = OWNER_ROLE;
    scratch->reader = READER_ROLE;
    scratch->may_be_superuser = true;
    return connect_admin(scratch, "postgres", cancel, error);
}

/* On a server of the user's all that is ours has a name of its own for each role that comes. */
static bool move_to_registry(struct scratch *scratch, struct cancel *cancel, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct result *found = admin_query(memory, scratch, PARAMETERS(scratch->prefix), error,
                                       "SELECT 1 FROM pg_catalog.pg_database WHERE datname = $1");
    bool ok = found;
    if (ok && result_row_count(found) == 0 &&
        !admin_execute(scratch, NO_PARAMETERS, error,
                       talloc_asprintf(memory, "CREATE DATABASE %s TEMPLATE template0", scratch->prefix))) {
        ok = error_is_sqlstate(error, "42P04") || error_is_sqlstate(error, "23505");
        if (ok)
            error_clear(error);
    }
    talloc_free(memory);
    if (ok)
        return connect_admin(scratch, scratch->prefix, cancel, error);
    error_prefix(error, "the setting scratch names a server that takes no new database");
    return error_hint(error, "Name a role with CREATEDB, or set scratch to auto.");
}

static bool open_named(struct scratch *scratch, struct cancel *cancel, struct error *error)
{
    scratch->target = target_parse(scratch, settings_text(scratch->settings, SETTING_scratch), error);
    if (!scratch->target)
        return error_prefix(error, "the setting scratch");
    const char *database = *scratch->target->database ? scratch->target->database : "postgres";
    if (!connect_admin(scratch, database, cancel, error))
        return error_prefix(error, "the setting scratch");
    TALLOC_CTX *memory = talloc_new(NULL);
    struct result *user = admin_query(memory, scratch, NO_PARAMETERS, error, "SELECT session_user");
    bool ok = user;
    if (ok) {
        const char *name = talloc_strdup(scratch, result_value(user));
        scratch->may_be_superuser = !strcmp(connection_parameter(scratch->admin, "is_superuser"), "on");
        scratch->role = scratch->may_be_superuser ? OWNER_ROLE : name;
        scratch->reader = scratch->may_be_superuser ? READER_ROLE : name;
        scratch->prefix =
            talloc_asprintf(scratch, "pgdeck_scratch" FORMAT "_%08x", (unsigned)digest_key(name, strlen(name)));
    }
    talloc_free(memory);
    return ok && move_to_registry(scratch, cancel, error);
}

/* The role that migrations run as. Where it is somebody else's on a server of the user's, they run as the owner. */
static bool find_project_role(struct scratch *scratch, struct error *error)
{
    const char *role = settings_text(scratch->settings, SETTING_role);
    const char *const names[] = {role, NULL};
    scratch->project_role = "";
    if (!*role)
        return true;
    if (!scratch_make_roles(scratch, names, error))
        return false;
    TALLOC_CTX *memory = talloc_new(NULL);
    struct result *result =
        admin_query(memory, scratch, PARAMETERS(role, scratch->role), error,
                    "SELECT pg_catalog.pg_has_role(m.oid, r.oid, 'MEMBER') FROM pg_catalog.pg_roles AS r,"
                    " pg_catalog.pg_roles AS m WHERE r.rolname = $1 AND NOT r.rolsuper AND m.rolname = $2");
    if (result && result_row_count(result) == 1 && *result_value(result) == 't')
        scratch->project_role = role;
    talloc_free(memory);
    return result;
}

struct scratch *scratch_open(TALLOC_CTX *owner, const struct settings *settings, int major, struct cancel *cancel,
                             struct error *error)
{
    struct scratch *scratch = talloc_zero(owner, struct scratch);
    scratch->settings = settings;
    bool is_auto = !strcmp(settings_text(settings, SETTING_scratch), AUTO);
    bool ok = (is_auto ? open_private(scratch, major, cancel, error) : open_named(scratch, cancel, error)) &&
              setup_prepare(scratch, error) && find_project_role(scratch, error);
    if (!ok) {
        talloc_free(scratch);
        return NULL;
    }
    connection_set_cancel(scratch->admin, NULL);
    note_version(scratch, major);
    talloc_set_destructor(scratch, close_scratch);
    return scratch;
}

int scratch_server_version(const struct scratch *scratch) { return scratch->server_version; }

const char *scratch_version_note(const struct scratch *scratch) { return scratch->note; }
