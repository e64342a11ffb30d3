/* The PostgreSQL server of a cluster as processes and files: whether it lives, making its data, starting and
 * stopping it. What forks is for the keeper alone, which has one thread. */
#ifndef STORE_CLUSTER_SERVER_H
#define STORE_CLUSTER_SERVER_H

#include <sys/types.h>
#include <talloc.h>

#include "store/base.h"
#include "store/cluster/paths.h"
#include "store/error.h"

/* The postmaster that runs on this data directory now, or 0: pid file, program and folder of the process must agree,
 * so neither a dead nor a reused process id passes. */
pid_t server_find(const struct paths *paths);

/* Whether this process, once found by server_find, still runs on the data directory. */
bool server_is_alive(const struct paths *paths, pid_t pid);

/* Whether something listens on the socket, in a folder that is the server's alone. Some microseconds. */
bool server_listens(const struct paths *paths);

/* Whether it takes sessions: listens, and is past recovery. Some milliseconds. */
bool server_is_ready(const struct paths *paths);

/* For the keeper. Starts initdb on `data_directory` (a new one); its output goes to the log. -1 with errno. */
pid_t server_start_initdb(const struct paths *paths, const char *data_directory);

/* For the keeper. Starts the server; its output goes to the log. -1 with errno. */
pid_t server_start(const struct paths *paths);

/* For the keeper, when server_find found nothing: removes what a killed server left and a new one would stumble over.
 * False while processes of the old one are still ending. */
bool server_sweep(const struct paths *paths) NODISCARD;

/* For the keeper. Makes the database that `embedded` leads to where it is missing. Errors: ERROR_CLUSTER. */
bool server_make_database(const struct paths *paths, struct error *error) NODISCARD;

#endif
