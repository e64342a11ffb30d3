/* What the files of migrate/scratch share: the server, its registry of databases, and what a statement may do. Private
 * to migrate/scratch and migrate/replay.
 *
 * The registry is a table in the server's administrative database, which SQL of files never reaches. A database is
 * named by its row. Who uses one holds advisory locks there, which the server takes back when a process dies: a row
 * without its lock is a leftover, and no half-made database can be taken for a whole one. */
#ifndef MIGRATE_SCRATCH_PRIVATE_H
#define MIGRATE_SCRATCH_PRIVATE_H

#include <talloc.h>

#include "migrate/scratch.h"
#include "store/base.h"
#include "store/cluster.h"
#include "store/connection.h"

/* Advisory locks of the administrative database: (class, id of the row). */
enum {
    LOCK_SETUP = 1, /* id 0: who makes or clears the registry */
    LOCK_HOLD = 2,  /* exclusive: who makes or owns a database; shared: who uses a state */
    LOCK_OPEN = 3,  /* of a state. Shared: who is connected to it; exclusive: who copies it */
};

struct scratch {
    const struct settings *settings;
    struct cluster *cluster; /* NULL: a server that the user named */
    struct target *target;   /* as the administrator, to the administrative database */
    struct connection *admin;
    const char *prefix;       /* of the names of databases: "scratch" */
    const char *role;         /* plain: SQL of files runs as it */
    const char *reader;       /* a member of it that no policy binds; or the same */
    const char *project_role; /* of the settings, where it can be had; else "" */
    const char *password, *token;
    const char *note;      /* see scratch_version_note; or NULL */
    bool may_be_superuser; /* the administrator is one */
    int server_version;
    const char **known_roles; /* that exist, as far as they were asked for */
    size_t known_role_count;
    char *extensions;                   /* digest of what can be installed, once asked for */
    struct scratch_database *databases; /* that live */
    int64_t doomed[4];                  /* databases to be dropped, their locks held */
    size_t doomed_count;
    const char *ready_key; /* of the state that a copy is made of when this is closed; or NULL */
    int64_t ready_id;
};

enum database_kind { DATABASE_WORK, DATABASE_STATE };

struct scratch_database {
    struct scratch *scratch; /* NULL once that was freed */
    struct scratch_database *next;
    int64_t id;
    const char *name;
    enum database_kind kind;
};

/* ---- server.c ---- */

/* Runs a statement on the administrative connection, whatever was posted there before. */
bool admin_execute(struct scratch *scratch, struct parameters parameters, struct error *error,
                   const char *sql) NODISCARD;
struct result *admin_query(TALLOC_CTX *owner, struct scratch *scratch, struct parameters parameters,
                           struct error *error, const char *sql) NODISCARD;

/* Hears what the server said to what was posted. */
void admin_settle(struct scratch *scratch);

/* The same for what nobody waits for or asks about. */
void admin_post(struct scratch *scratch, struct parameters parameters, const char *sql);

/* A connection to a database. The administrator never goes where SQL of files has been. Owner: `owner`. */
enum server_role { SERVER_OWNER, SERVER_READER, SERVER_ADMIN };
struct connection *server_connect(TALLOC_CTX *owner, struct scratch *scratch, const char *database,
                                  enum server_role role, struct cancel *cancel, struct error *error) NODISCARD;

/* The settings of a session that reads: search_path empty and the like; as many queries as are returned, at most
 * SERVER_SESSION_MOST. */
#define SERVER_SESSION_MOST 8
size_t server_session(struct query *queries);

/* ---- setup.c ---- */

/* Makes registry, role and template where they are missing or of another version of the server; clears away what dead
 * processes left. */
bool setup_prepare(struct scratch *scratch, struct error *error) NODISCARD;

/* ---- registry.c ---- */

/* The name of the database of a row. Owner: `owner`. */
char *registry_name(TALLOC_CTX *owner, const struct scratch *scratch, int64_t id);

/* An integer as a parameter. Owner: `owner`. */
char *registry_number(TALLOC_CTX *owner, int64_t number);

/* A database of one's own: the spare, else one made now. Owner: `owner`; freeing it drops the database. */
struct scratch_database *registry_take(TALLOC_CTX *owner, struct scratch *scratch, struct error *error) NODISCARD;

/* A copy of a state where one stands ready; *database NULL: none does. */
bool registry_take_ready(TALLOC_CTX *owner, struct scratch *scratch, const char *key,
                         struct scratch_database **database, struct error *error) NODISCARD;

/* The same from another database than the template; nobody may be connected to that one. */
struct scratch_database *registry_copy(TALLOC_CTX *owner, struct scratch *scratch, const char *from,
                                       struct error *error) NODISCARD;

/* A handle on a database whose lock is held. */
struct scratch_database *registry_handle(TALLOC_CTX *owner, struct scratch *scratch, int64_t id,
                                         enum database_kind kind);

/* Drops what was given back. Blocks for some milliseconds each. */
void registry_flush(struct scratch *scratch);

/* Starts making spares where there are too few, and the copy that is wanted, and does not wait. The last thing that is
 * done on the connection. */
void registry_post_spares(struct scratch *scratch);

/* Drops the databases of rows that nobody holds, among those that `candidates` (a query of ids) names. LEFTOVERS: of
 * spares only those that never came to be; a spare may become whole while this looks. */
enum registry_drop { DROP_LEFTOVERS, DROP_SURPLUS };
bool registry_drop_unheld(struct scratch *scratch, enum registry_drop what, const char *candidates,
                          struct parameters parameters, struct error *error) NODISCARD;

/* Waits until nobody is connected to a database: a session ends a moment after its connection. Errors: ERROR_CANCELLED;
 * ERROR_REFUSED where somebody stays. */
bool registry_await_quiet(struct scratch *scratch, const char *name, struct error *error) NODISCARD;

/* ---- role_names.c ---- */

/* Names of roles that a statement names, as they are in the catalog; appended to *names (talloc array). */
void role_names_add(TALLOC_CTX *owner, const char *text, size_t size_bytes, const char ***names, size_t *count);

#endif
