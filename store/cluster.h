/* The private PostgreSQL clusters of pgdeck: "embedded" (durable, one per project) and "scratch" (disposable,
 * one per user), one code. A cluster is started on demand by a keeper, a process of its own (pgdeck executed
 * again), shared by all pgdeck processes, and stopped some time after the last one has gone.
 *
 * Who uses the cluster holds a shared flock on its users file; the kernel takes it back when a process dies, so
 * no crash can keep a cluster alive or lose count. Sources: ../docs/architecture.md, "Private clusters". */
#ifndef STORE_CLUSTER_H
#define STORE_CLUSTER_H

#include <talloc.h>

#include "store/base.h"
#include "store/cancel.h"
#include "store/error.h"
#include "store/settings.h"
#include "store/target.h"

enum cluster_kind { CLUSTER_EMBEDDED, CLUSTER_SCRATCH };

struct cluster; /* opaque: the lock and the paths must agree */

/* What is known of a cluster without starting it. */
struct cluster_status {
    bool exists;     /* a complete data directory is there */
    bool is_running; /* accepts connections */
    bool is_kept;    /* cluster start was said: it does not stop by itself */
    long server_pid; /* or 0 */
    long keeper_pid; /* or 0 */
    const char *directory, *data_directory, *socket_directory, *log_file;
    const char *owner;      /* operating-system user that the server runs as */
    const char *owner_note; /* why it is not "postgres" when root asked, or NULL */
    const char *binaries;   /* folder of the server's programs */
    const char *version;    /* of the server's programs: "15.18" */
    int major;
    int port; /* of the socket file */
    const char *database, *user;
    int64_t size_bytes; /* of the data directory; 0 when absent */
};

/* Finds binaries, owner and paths; touches nothing. Owner: `owner`.
 * Errors: ERROR_CLUSTER naming the package to install when no server programs are found, or the path that is too long
 * for a socket. */
struct cluster *cluster_open(TALLOC_CTX *owner, const struct settings *settings, enum cluster_kind kind,
                             struct error *error) NODISCARD;

/* The same for the scratch cluster of one major version; of the newest where that one is not installed, or major is 0. */
struct cluster *cluster_open_scratch(TALLOC_CTX *owner, const struct settings *settings, int major,
                                     struct error *error) NODISCARD;

/* How much more its file system takes; 0 where that is not known. */
int64_t cluster_free_bytes(const struct cluster *cluster);

/* Makes the cluster if need be (initdb), starts it if need be, and holds it until the struct cluster is freed.
 * Repairs what a crash left: half-made data directory, stale or reused pid file, orphan server. Blocks (well under a
 * second once made). May be called from any thread; processes are made by the keeper. Errors: ERROR_CLUSTER with the
 * server's own words as detail; ERROR_CANCELLED. */
bool cluster_acquire(struct cluster *cluster, struct cancel *cancel, struct error *error) NODISCARD;

/* Fills in keywords and values of an embedded target, so that it leads into the cluster. Owner of the copy: `owner`. */
struct target *cluster_target(TALLOC_CTX *owner, const struct cluster *cluster, const struct target *target);

/* The state as it is now. Owner: `owner`. Starts nothing. */
struct cluster_status *cluster_status(TALLOC_CTX *owner, struct cluster *cluster, struct error *error) NODISCARD;

/* Starts it (as cluster_acquire does) and keeps it until cluster_stop. */
bool cluster_keep(struct cluster *cluster, struct cancel *cancel, struct error *error) NODISCARD;

/* Stops it, sessions included (fast shutdown), and forgets cluster_keep. True as well when it was not running. */
bool cluster_stop(struct cluster *cluster, struct cancel *cancel, struct error *error) NODISCARD;

/* Stops it and deletes its directories. */
bool cluster_destroy(struct cluster *cluster, struct cancel *cancel, struct error *error) NODISCARD;

/* The keeper's own main: pgdeck executed again with CLUSTER_KEEPER_WORD as its first argument. Returns the exit status.
 */
#define CLUSTER_KEEPER_WORD "--cluster-keeper"
int cluster_keeper_main(int count, char **arguments);

#endif
