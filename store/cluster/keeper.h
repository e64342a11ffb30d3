/* The keeper: the process that makes, starts, watches and stops a cluster's server. It outlives whoever started
 * it and serves all. Its other half is cluster_keeper_main (cluster.h). */
#ifndef STORE_CLUSTER_KEEPER_H
#define STORE_CLUSTER_KEEPER_H

#include "store/base.h"
#include "store/cancel.h"
#include "store/cluster/paths.h"
#include "store/error.h"

/* Executes this program again as the keeper and waits for its word; call it with start.lock held. True: a keeper, this
 * one or another, has answered, and what it has is to be looked at again. Thread-safe. Errors: ERROR_CLUSTER as the
 * keeper found it; ERROR_CANCELLED, and the keeper goes on. */
bool keeper_spawn(const struct paths *paths, struct cancel *cancel, struct error *error) NODISCARD;

#endif
