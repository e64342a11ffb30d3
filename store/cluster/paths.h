/* All that is fixed about a cluster before anything of it exists: which server, whose, and where its files
 * are. Also makes its folders, and refuses folders that someone else may have made. */
#ifndef STORE_CLUSTER_PATHS_H
#define STORE_CLUSTER_PATHS_H

#include <sys/types.h>
#include <talloc.h>

#include "store/base.h"
#include "store/cluster.h"
#include "store/error.h"
#include "store/settings.h"

#define PATHS_PORT 5432     /* of the socket file's name; nothing listens on TCP */
#define PATHS_DATABASE "embedded"

/* Plain data, constant once made. */
struct paths {
    enum cluster_kind kind;
    uid_t uid; /* whom the server runs as */
    gid_t gid;
    const char *owner;      /* that user's name */
    const char *owner_note; /* why it is not "postgres" when root asked, or NULL */
    const char *binaries;
    int major;
    const char *superuser; /* that initdb makes */
    int64_t linger_ms;
    const char *base;      /* holds `directory` */
    const char *directory; /* 0700, the server user's; holds all that follows but the socket */
    const char *data_directory, *log_file;
    const char *start_lock;  /* flock: who starts, stops or joins */
    const char *users_lock;  /* flock, shared: who uses the cluster */
    const char *keeper_lock; /* fcntl: the keeper, see locks.h */
    const char *keep_file;   /* there: do not stop by yourself */
    const char *socket_directory, *socket;
};

/* Owner: `owner`. Touches nothing. major: of a scratch cluster, the version that is wanted (the newest where it is not
 * installed); 0: the newest. Errors: ERROR_CLUSTER. */
struct paths *paths_find(TALLOC_CTX *owner, const struct settings *settings, enum cluster_kind kind, int major,
                         struct error *error) NODISCARD;

/* The same from the folders alone, as the keeper gets them; user and binaries are left to the caller. */
struct paths *paths_of_folders(TALLOC_CTX *owner, enum cluster_kind kind, const char *directory,
                               const char *socket_directory);

/* Makes the cluster's folder and the socket's where they are missing, and checks that both belong to the server's
 * user alone. Errors: ERROR_CLUSTER naming the folder. */
bool paths_prepare(const struct paths *paths, struct error *error) NODISCARD;

/* Whether the server's user can pass through all folders above the data and the programs. Errors: ERROR_CLUSTER naming
 * the first that it cannot. */
bool paths_check_reach(const struct paths *paths, struct error *error) NODISCARD;

/* Whether it is a folder, no link, that belongs to the server's user and is closed to everybody else. */
bool paths_is_ours(const struct paths *paths, const char *folder);

/* A complete data directory is there. */
bool paths_is_made(const struct paths *paths);

#endif
