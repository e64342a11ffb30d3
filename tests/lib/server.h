/* A private PostgreSQL server for one test program, and folders that vanish. For every test; so it stands on
 * libpq, talloc and cmocka alone. A failure here ends the running test (or the group's set-up) with its reason.
 *
 * What a killed test program leaves behind is removed by the next one that starts a server. */
#ifndef TESTS_LIB_SERVER_H
#define TESTS_LIB_SERVER_H

#include <sys/types.h>
#include <talloc.h>

#include "store/base.h"

struct test_server;

enum test_stop { TEST_STOP_FAST, TEST_STOP_IMMEDIATE, TEST_STOP_KILL };

/* Starts a server on a unix socket only: superuser "postgres", trust, fsync off, max_connections 100,
 * max_prepared_transactions 10. `extra_settings`: "name=value", NULL-terminated, or NULL; they win over these.
 * Call it from the main thread. Owner: `owner`; freeing it stops the server and removes its folder. */
struct test_server *test_server_start(TALLOC_CTX *owner, const char *const *extra_settings);

/* What PQconnectdb takes. Owner: the server. */
const char *test_server_conninfo(struct test_server *server, const char *database);

/* Folder of the socket: libpq's host; the port is 5432. */
const char *test_server_host(const struct test_server *server);

/* Folder of the server's programs, as pgdeck's setting server_binaries takes it. */
const char *test_server_binaries(const struct test_server *server);

/* Process id of the postmaster, or 0 while it is stopped. */
pid_t test_server_pid(const struct test_server *server);

/* Runs statements on a connection of its own. Fails the test when the server refuses one. */
void test_server_execute(struct test_server *server, const char *database, const char *statements);

/* Makes an empty database from template0. Any name. */
void test_server_create_database(struct test_server *server, const char *name);

/* Drops it, sessions included, if it is there. */
void test_server_drop_database(struct test_server *server, const char *name);

/* Stops it and waits for its end; the data stay. */
void test_server_stop(struct test_server *server, enum test_stop how);

/* Starts it again on the same data and socket; stops it first (fast) where it runs. */
void test_server_restart(struct test_server *server);

/* Names of test_directory start so, in /tmp; the process id follows. */
#define TEST_DIRECTORY_PREFIX "pgdeck-folder-"

/* A new folder, 0700, removed with what is in it when it is freed. Owner: `owner`. */
char *test_directory(TALLOC_CTX *owner);

/* Writes a file under `directory`, over an older one; makes the folders of `name`. */
void test_write(const char *directory, const char *name, const char *text);

/* The same for bytes of any kind. */
void test_write_bytes(const char *directory, const char *name, const void *bytes, size_t size_bytes);

#endif
