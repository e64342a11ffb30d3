/* The log of a cluster's server: bounded, and quoted when a start fails. The server appends to it by itself. */
#ifndef STORE_CLUSTER_LOG_FILE_H
#define STORE_CLUSTER_LOG_FILE_H

#include <sys/types.h>
#include <talloc.h>

#include "store/base.h"
#include "store/cluster/paths.h"

/* What was logged after `offset` bytes, at most the last 2048 of it. Owner: `owner`. */
char *log_file_last_words(TALLOC_CTX *owner, const struct paths *paths, off_t offset);

/* Bounds the log: one that has grown past 4 MB is copied to server.log.old and emptied. Returns its size in bytes. */
off_t log_file_trim(const struct paths *paths);

#endif
