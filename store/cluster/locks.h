/* The cluster's three lock files. The kernel takes every lock back when its process dies, so none can be stale.
 *
 *   start.lock   flock, exclusive: held while a cluster is started, joined, stopped or destroyed
 *   users.lock   flock, shared: one for each user of the cluster
 *   keeper.lock  fcntl, byte 0: a keeper lives; byte 1: it has a server that is ready. This kind names its holder. */
#ifndef STORE_CLUSTER_LOCKS_H
#define STORE_CLUSTER_LOCKS_H

#include <sys/types.h>

#include "store/base.h"
#include "store/cancel.h"
#include "store/cluster/paths.h"
#include "store/error.h"

enum locks_keeper { KEEPER_NONE, KEEPER_STARTING, KEEPER_READY };

/* Opens a lock file, making it if need be, in the name of the server's user; closed on exec. -1 with ERROR_CLUSTER. */
int locks_open(const struct paths *paths, const char *path, struct error *error) NODISCARD;

/* Takes start.lock. Returns a descriptor to close, or -1. Waits until it is free.
 * Errors: ERROR_CANCELLED; ERROR_CLUSTER when it is held for five minutes. */
int locks_take_start(const struct paths *paths, struct cancel *cancel, struct error *error) NODISCARD;

/* Opens users.lock and takes a share; call it with start.lock held. Returns a descriptor, or -1. Errors as
 * locks_take_start. */
int locks_share_users(const struct paths *paths, struct cancel *cancel, struct error *error) NODISCARD;

/* Whether a keeper lives and how far it is; *pid gets its process id, or 0. Makes nothing. */
enum locks_keeper locks_find_keeper(const struct paths *paths, pid_t *pid);

/* For the keeper: claims byte 0 or 1 of an open keeper.lock. Never waits. The claim ends with the process, or when
 * any descriptor of that file is closed. */
bool locks_claim(int keeper_fd, off_t byte) NODISCARD;

#endif
