/* A second pair of eyes: a plain libpq connection, past pgdeck and past the proxy, that says what the server holds.
 * Every statement that the server refuses fails the test. */
#ifndef TESTS_LIB_ORACLE_H
#define TESTS_LIB_ORACLE_H

#include <talloc.h>

#include "store/base.h"
#include "tests/lib/server.h"

struct oracle;

/* Connects to a database of the test server. Owner: `owner`, which closes it. */
struct oracle *oracle_open(TALLOC_CTX *owner, struct test_server *server, const char *database);

/* The same again, after the server was stopped. */
void oracle_reopen(struct oracle *oracle);

/* Runs statements. */
void oracle_execute(struct oracle *oracle, const char *format, ...) PRINTF_LIKE(2, 3);

/* The first column of the only row: "" for NULL or no row. Owner: the oracle, until oracle_forget. */
const char *oracle_text(struct oracle *oracle, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same as a number. */
long oracle_number(struct oracle *oracle, const char *format, ...) PRINTF_LIKE(2, 3);

/* The same as a fact: the query answers true. */
bool oracle_says(struct oracle *oracle, const char *format, ...) PRINTF_LIKE(2, 3);

/* Asks a yes-or-no query until it says yes. Returns false after timeout_ms. */
bool oracle_wait(struct oracle *oracle, int timeout_ms, const char *format, ...) PRINTF_LIKE(3, 4);

/* Waits until pgdeck has no session left in this database; fails the test after timeout_ms. */
void oracle_wait_gone(struct oracle *oracle, int timeout_ms);

/* Frees all texts given out so far. */
void oracle_forget(struct oracle *oracle);

#endif
