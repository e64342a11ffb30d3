/* See crowd.h. */
#include "tests/lib/crowd.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <libpq-fe.h>

enum { PATIENCE_MS = 20000 };

struct member {
    PGconn *connection;
    int pid;
};

struct crowd {
    struct test_server *server;
    const char *database;
    struct oracle *oracle;
    struct member *members;
    size_t count;
};

/* A backend that waits for a lock does not see that its client is gone. */
static int disperse(struct crowd *crowd)
{
    for (size_t i = 0; i < crowd->count; i++) {
        (void)oracle_text(crowd->oracle, "SELECT pg_terminate_backend(%d)", crowd->members[i].pid);
        PQfinish(crowd->members[i].connection);
    }
    for (size_t i = 0; i < crowd->count; i++)
        (void)oracle_wait(crowd->oracle, PATIENCE_MS, "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d)",
                          crowd->members[i].pid);
    return 0;
}

struct crowd *crowd_new(TALLOC_CTX *owner, struct test_server *server, const char *database, struct oracle *oracle)
{
    struct crowd *crowd = talloc_zero(owner, struct crowd);
    *crowd = (struct crowd){.server = server, .database = talloc_strdup(crowd, database), .oracle = oracle};
    talloc_set_destructor(crowd, disperse);
    return crowd;
}

static struct member *join(struct crowd *crowd, struct crowd_person person)
{
    const char *const names[] = {"host", "port", "dbname", "user", "application_name", NULL};
    const char *const values[] = {test_server_host(crowd->server),
                                  "5432",
                                  crowd->database,
                                  person.role ? person.role : "postgres",
                                  person.application,
                                  NULL};
    PGconn *connection = PQconnectdbParams(names, values, 0);
    if (PQstatus(connection) != CONNECTION_OK)
        fail_msg("%s", PQerrorMessage(connection));
    crowd->members = talloc_realloc(crowd, crowd->members, struct member, (unsigned)crowd->count + 1);
    crowd->members[crowd->count] = (struct member){connection, PQbackendPID(connection)};
    return &crowd->members[crowd->count++];
}

static struct member *send(struct crowd *crowd, struct crowd_person person, const char *statement)
{
    struct member *member = join(crowd, person);
    if (!PQsendQuery(member->connection, statement))
        fail_msg("%s", PQerrorMessage(member->connection));
    return member;
}

int crowd_hold(struct crowd *crowd, struct crowd_person person, const char *statements)
{
    struct member *member = join(crowd, person);
    PGresult *result = PQexec(member->connection, statements);
    if (PQresultStatus(result) != PGRES_COMMAND_OK && PQresultStatus(result) != PGRES_TUPLES_OK)
        fail_msg("%s", PQerrorMessage(member->connection));
    PQclear(result);
    return member->pid;
}

int crowd_queue(struct crowd *crowd, struct crowd_person person, const char *statement)
{
    struct member *member = send(crowd, person, statement);
    assert_true(oracle_wait(crowd->oracle, PATIENCE_MS,
                            "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = %d AND NOT granted)", member->pid));
    return member->pid;
}

int crowd_start(struct crowd *crowd, struct crowd_person person, const char *statement)
{
    struct member *member = send(crowd, person, statement);
    assert_true(
        oracle_wait(crowd->oracle, PATIENCE_MS,
                    "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d AND state = 'active' AND query <> '')",
                    member->pid));
    return member->pid;
}

bool crowd_is_there(struct crowd *crowd, int pid)
{
    return oracle_says(crowd->oracle, "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = %d)", pid);
}

const char *crowd_outcome(struct crowd *crowd, int pid)
{
    const char *state = "";
    for (size_t i = 0; i < crowd->count; i++)
        for (PGresult *result; crowd->members[i].pid == pid && (result = PQgetResult(crowd->members[i].connection));) {
            const char *code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
            if (PQresultStatus(result) == PGRES_FATAL_ERROR)
                state = talloc_strdup(crowd, code ? code : "?");
            PQclear(result);
        }
    return state;
}
