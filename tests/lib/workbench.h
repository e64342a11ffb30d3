/* Databases that are used again: making one costs a tenth of a second, sweeping it out much less. A bench belongs to
 * one thread. No failure of a cmocka test here. */
#ifndef TESTS_LIB_WORKBENCH_H
#define TESTS_LIB_WORKBENCH_H

#include <libpq-fe.h>
#include <talloc.h>

#include "store/base.h"
#include "store/connection.h"
#include "tests/lib/server.h"

enum bench_place { BENCH_FROM, BENCH_TO, BENCH_OTHER, BENCH_PLACES };

struct workbench; /* opaque */

/* `name` begins the names of its databases: letters, digits, underscores. Owner: `owner`; freeing it drops them. */
struct workbench *workbench_new(TALLOC_CTX *owner, struct test_server *server, const char *name);

struct test_server *workbench_server(const struct workbench *bench);

/* An empty database at this place, and a session of it as superuser, with nothing set. Both are the bench's, until the
 * next call for this place. NULL: the server refuses it, and *report (owner: the bench) says so. */
PGconn *workbench_open(struct workbench *bench, enum bench_place place, const char **report) NODISCARD;

/* The database's name, while it is open; longer or shorter for each place, so that no name is like another. */
const char *workbench_database(const struct workbench *bench, enum bench_place place);

/* A connection of pgdeck to it, kept as long as the database. NULL: *report says why. */
struct connection *workbench_connection(struct workbench *bench, enum bench_place place, const char **report) NODISCARD;

#endif
