/* See workbench.h. */
#include "tests/lib/workbench.h"

/* Behind so many uses the catalogs hold more dead rows than living ones. */
#define USES_MOST 40

struct place {
    char *database;
    PGconn *session;
    struct connection *connection;
    int uses; /* 0: there is no database */
};

struct workbench {
    struct test_server *server;
    PGconn *admin;
    struct place places[BENCH_PLACES];
    const char *report; /* of the last failure */
};

/* Takes away what schemas and databases hold. What it does not know makes the database dirty. */
static const char sweep[] =
    "DO $sweep$ DECLARE statement text; BEGIN"
    " FOR statement IN"
    "  SELECT format('DROP EVENT TRIGGER %I', evtname) FROM pg_event_trigger UNION ALL"
    "  SELECT format('DROP PUBLICATION %I', pubname) FROM pg_publication UNION ALL"
    "  SELECT format('DROP EXTENSION %I CASCADE', extname) FROM pg_extension WHERE extname <> 'plpgsql' UNION ALL"
    "  SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace"
    "   WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')"
    " LOOP EXECUTE statement; END LOOP; END $sweep$";

static const char is_clean[] =
    "SELECT NOT EXISTS (SELECT FROM pg_class WHERE oid >= 16384) AND NOT EXISTS (SELECT FROM pg_proc WHERE oid >= 16384)"
    "   AND NOT EXISTS (SELECT FROM pg_type WHERE oid >= 16384) AND NOT EXISTS (SELECT FROM pg_cast WHERE oid >= 16384)"
    "   AND NOT EXISTS (SELECT FROM pg_namespace WHERE oid >= 16384) AND NOT EXISTS (SELECT FROM pg_default_acl)"
    "   AND NOT EXISTS (SELECT FROM pg_am WHERE oid >= 16384) AND NOT EXISTS (SELECT FROM pg_language WHERE oid >= 16384)"
    "   AND NOT EXISTS (SELECT FROM pg_operator WHERE oid >= 16384) AND NOT EXISTS (SELECT FROM pg_foreign_data_wrapper)"
    "   AND NOT EXISTS (SELECT FROM pg_collation WHERE oid >= 16384) AND NOT EXISTS (SELECT FROM pg_largeobject_metadata)"
    "   AND NOT EXISTS (SELECT FROM pg_ts_config WHERE oid >= 16384) AND NOT EXISTS (SELECT FROM pg_ts_dict WHERE oid >= 16384)"
    "   AND NOT EXISTS (SELECT FROM pg_event_trigger) AND NOT EXISTS (SELECT FROM pg_publication)"
    "   AND NOT EXISTS (SELECT FROM pg_db_role_setting WHERE setdatabase ="
    "                   (SELECT oid FROM pg_database WHERE datname = current_database()))"
    "   AND NOT EXISTS (SELECT FROM pg_extension WHERE extname <> 'plpgsql')"
    "   AND (SELECT n.nspacl::text IS NOT DISTINCT FROM i.initprivs::text AND obj_description(n.oid) = 'standard public schema'"
    "          FROM pg_namespace AS n LEFT JOIN pg_init_privs AS i ON i.objoid = n.oid AND i.classoid = 'pg_namespace'::regclass"
    "         WHERE n.nspname = 'public')";

static void ignore_notice(void *argument UNUSED, const char *message UNUSED) {}

/* Not test_server_conninfo, which allocates in the server's memory: that is another thread's. */
static char *conninfo(struct workbench *bench, const char *database)
{
    return talloc_asprintf(bench, "host=%s port=5432 user=postgres dbname=%s", test_server_host(bench->server),
                           database);
}

static PGconn *connect_to(struct workbench *bench, const char *database)
{
    PGconn *session = PQconnectdb(conninfo(bench, database));
    PQsetNoticeProcessor(session, ignore_notice, NULL);
    if (PQstatus(session) == CONNECTION_OK)
        return session;
    bench->report = talloc_strdup(bench, PQerrorMessage(session));
    PQfinish(session);
    return NULL;
}

static bool execute(struct workbench *bench, PGconn *session, const char *statement)
{
    PGresult *result = PQexec(session, statement);
    bool is_done = PQresultStatus(result) == PGRES_COMMAND_OK;
    if (!is_done)
        bench->report = talloc_strdup(bench, PQresultErrorMessage(result));
    PQclear(result);
    return is_done;
}

/* ---- life ---- */

static void drop(struct workbench *bench, struct place *place)
{
    talloc_free(place->connection);
    PQfinish(place->session);
    place->connection = NULL;
    place->session = NULL;
    if (place->uses)
        execute(bench, bench->admin,
                talloc_asprintf(bench, "DROP DATABASE IF EXISTS %s WITH (FORCE)", place->database));
    place->uses = 0;
}

static int clear_bench(struct workbench *bench)
{
    for (int i = 0; i < BENCH_PLACES; i++)
        drop(bench, &bench->places[i]);
    PQfinish(bench->admin);
    return 0;
}

struct workbench *workbench_new(TALLOC_CTX *owner, struct test_server *server, const char *name)
{
    static const char *const ends[BENCH_PLACES] = {"from", "to_it", "yet_another"};
    struct workbench *bench = talloc_zero(owner, struct workbench);
    bench->server = server;
    for (int i = 0; i < BENCH_PLACES; i++)
        bench->places[i].database = talloc_asprintf(bench, "%s_%s", name, ends[i]);
    talloc_set_destructor(bench, clear_bench);
    return bench;
}

struct test_server *workbench_server(const struct workbench *bench) { return bench->server; }

/* ---- opening ---- */

static bool is_swept(struct workbench *bench, struct place *place)
{
    if (!place->session || place->uses >= USES_MOST)
        return false;
    PQreset(place->session); /* forgets roles and settings */
    if (PQstatus(place->session) != CONNECTION_OK || !execute(bench, place->session, sweep))
        return false;
    PGresult *result = PQexec(place->session, is_clean);
    bool is_so = PQntuples(result) == 1 && *PQgetvalue(result, 0, 0) == 't';
    PQclear(result);
    return is_so;
}

static bool create(struct workbench *bench, struct place *place)
{
    bench->admin = bench->admin ? bench->admin : connect_to(bench, "postgres");
    if (!bench->admin)
        return false;
    drop(bench, place);
    place->uses = 1;
    const char *strategy = PQserverVersion(bench->admin) >= 150000 ? " STRATEGY file_copy" : "";
    if (!execute(bench, bench->admin,
                 talloc_asprintf(bench, "CREATE DATABASE %s TEMPLATE template0%s", place->database, strategy)))
        return false;
    place->session = connect_to(bench, place->database);
    return place->session;
}

PGconn *workbench_open(struct workbench *bench, enum bench_place which, const char **report)
{
    struct place *place = &bench->places[which];
    if (is_swept(bench, place)) {
        place->uses++;
        return place->session;
    }
    if (create(bench, place))
        return place->session;
    *report = bench->report;
    return NULL;
}

const char *workbench_database(const struct workbench *bench, enum bench_place place)
{
    return bench->places[place].database;
}

struct connection *workbench_connection(struct workbench *bench, enum bench_place which, const char **report)
{
    struct place *place = &bench->places[which];
    if (place->connection)
        return place->connection;
    struct error *error = error_new(bench);
    struct target *target = target_parse(bench, conninfo(bench, place->database), error);
    struct connection_options options = {.application_name = "proof"};
    place->connection = target ? connection_open(bench, target, &options, error) : NULL;
    if (!place->connection)
        *report = error->message;
    return place->connection;
}
