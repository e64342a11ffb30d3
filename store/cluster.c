/* See cluster.h: what its callers do. Starting is the keeper's (cluster/keeper.h); here is who asks it, and who holds
 * the cluster. A warm acquire executes nothing: four files and a connect(2). */
#include "store/cluster.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/cluster/binaries.h"
#include "store/cluster/keeper.h"
#include "store/cluster/locks.h"
#include "store/cluster/paths.h"
#include "store/cluster/server.h"
#include "store/disk.h"

#define POLL_MS 3
#define KEEPER_LIMIT_MS 300000 /* another process's keeper may be in a long recovery */
#define STOP_LIMIT_MS 60000    /* the keeper's own steps take 50 s at most */
#define SPAWN_LIMIT 5          /* each one that comes to nothing has said "busy" and was gone when looked for */

struct cluster {
    struct paths *paths;
    int users_fd; /* our share of users.lock, or -1 */
};

/* Touched when a user comes and goes: the keeper counts its linger from there. */
static void leave(struct cluster *cluster)
{
    if (cluster->users_fd < 0)
        return;
    futimens(cluster->users_fd, NULL);
    close(cluster->users_fd);
    cluster->users_fd = -1;
}

static int destroy(struct cluster *cluster)
{
    leave(cluster);
    return 0;
}

static struct cluster *open_cluster(TALLOC_CTX *owner, const struct settings *settings, enum cluster_kind kind,
                                    int major, struct error *error)
{
    struct cluster *cluster = talloc_zero(owner, struct cluster);
    cluster->users_fd = -1;
    cluster->paths = paths_find(cluster, settings, kind, major, error);
    if (cluster->paths) {
        talloc_set_destructor(cluster, destroy);
        return cluster;
    }
    talloc_free(cluster);
    return NULL;
}

struct cluster *cluster_open(TALLOC_CTX *owner, const struct settings *settings, enum cluster_kind kind,
                             struct error *error)
{
    return open_cluster(owner, settings, kind, 0, error);
}

struct cluster *cluster_open_scratch(TALLOC_CTX *owner, const struct settings *settings, int major, struct error *error)
{
    return open_cluster(owner, settings, CLUSTER_SCRATCH, major, error);
}

int64_t cluster_free_bytes(const struct cluster *cluster)
{
    struct statvfs room;
    if (statvfs(cluster->paths->data_directory, &room) < 0)
        return 0;
    return (int64_t)room.f_bavail * (int64_t)room.f_frsize;
}

/* ---- acquire ---- */

static bool wait_a_little(int64_t end_ms, struct cancel *cancel, struct error *error)
{
    if (!cancel_sleep(cancel, POLL_MS))
        return error_set(error, ERROR_CANCELLED, "cancelled while waiting for the private cluster");
    if (clock_monotonic_ms() < end_ms)
        return true;
    error_set(error, ERROR_CLUSTER, "the keeper of the private cluster does not move");
    return error_hint(error, "Run pgdeck cluster stop, then try again.");
}

/* With start.lock held. A keeper without a server that listens is about to end, or its socket was swept away: in
 * either case it has to end before another can start. */
static bool bring_up(const struct paths *paths, struct cancel *cancel, struct error *error)
{
    int64_t end_ms = clock_monotonic_ms() + KEEPER_LIMIT_MS;
    pid_t pid, told = 0;
    for (int spawned = 0;;) {
        enum locks_keeper state = locks_find_keeper(paths, &pid);
        if (state == KEEPER_READY && server_listens(paths))
            return true;
        if (state == KEEPER_NONE) {
            if (spawned++ == SPAWN_LIMIT)
                return error_set(error, ERROR_CLUSTER, "the private cluster ends as soon as it has started");
            if (!paths_check_reach(paths, error) || !keeper_spawn(paths, cancel, error))
                return false;
            continue;
        }
        if (state == KEEPER_READY && pid != told) {
            kill(pid, SIGTERM);
            told = pid;
        }
        if (!wait_a_little(end_ms, cancel, error))
            return false;
    }
}

bool cluster_acquire(struct cluster *cluster, struct cancel *cancel, struct error *error)
{
    const struct paths *paths = cluster->paths;
    bool was_held = cluster->users_fd >= 0;
    int start_fd = locks_take_start(paths, cancel, error);
    if (start_fd < 0)
        return false;
    if (!was_held)
        cluster->users_fd = locks_share_users(paths, cancel, error);
    bool ok = cluster->users_fd >= 0 && bring_up(paths, cancel, error);
    if (ok)
        futimens(cluster->users_fd, NULL);
    else if (!was_held)
        leave(cluster);
    close(start_fd);
    return ok;
}

struct target *cluster_target(TALLOC_CTX *owner, const struct cluster *cluster, const struct target *target)
{
    char port[16];
    snprintf(port, sizeof port, "%d", PATHS_PORT);
    const char *database = cluster->paths->kind == CLUSTER_EMBEDDED ? PATHS_DATABASE : "postgres";
    const char *pairs[] = {
        "host", cluster->paths->socket_directory, "port", port, "user", cluster->paths->superuser, "dbname", database, NULL};
    return target_with(owner, target, pairs);
}

/* ---- keep, stop, destroy ---- */

bool cluster_keep(struct cluster *cluster, struct cancel *cancel, struct error *error)
{
    bool was_held = cluster->users_fd >= 0;
    if (!cluster_acquire(cluster, cancel, error))
        return false;
    int fd = locks_open(cluster->paths, cluster->paths->keep_file, error);
    if (fd >= 0)
        close(fd);
    if (!was_held)
        leave(cluster);
    return fd >= 0;
}

/* A keeper is asked, and it stops its server; one that does not move (it may be stopped) is killed. */
static bool end_keeper(const struct paths *paths, struct cancel *cancel, struct error *error)
{
    int64_t end_ms = clock_monotonic_ms() + STOP_LIMIT_MS;
    pid_t pid, told = 0;
    while (locks_find_keeper(paths, &pid) != KEEPER_NONE) {
        if (pid != told && kill(pid, SIGTERM) < 0 && errno == EPERM)
            return error_set(error, ERROR_CLUSTER,
                             "the keeper of the private cluster (process %ld) belongs to another user", (long)pid);
        told = pid;
        if (clock_monotonic_ms() >= end_ms)
            kill(pid, SIGKILL);
        if (!cancel_sleep(cancel, POLL_MS))
            return error_set(error, ERROR_CANCELLED, "cancelled while the private cluster was stopping");
    }
    return true;
}

/* A server whose keeper was killed. */
static bool end_orphan(const struct paths *paths, struct cancel *cancel, struct error *error)
{
    static const int signals[] = {SIGINT, SIGQUIT, SIGKILL};
    pid_t pid = server_find(paths);
    for (size_t i = 0; pid && i < countof(signals); i++) {
        int64_t end_ms = clock_monotonic_ms() + STOP_LIMIT_MS / 2;
        kill(pid, signals[i]);
        while (server_is_alive(paths, pid) && clock_monotonic_ms() < end_ms)
            if (!cancel_sleep(cancel, POLL_MS))
                return error_set(error, ERROR_CANCELLED, "cancelled while the private cluster was stopping");
        if (!server_is_alive(paths, pid))
            pid = 0;
    }
    return !pid ||
           error_set(error, ERROR_CLUSTER, "the server of the private cluster (process %ld) does not end", (long)pid);
}

/* With start.lock held. */
static bool stop(const struct paths *paths, struct cancel *cancel, struct error *error)
{
    if (unlink(paths->keep_file) < 0 && errno != ENOENT)
        return error_set(error, ERROR_CLUSTER, "cannot remove \"%s\": %s", paths->keep_file, strerror(errno));
    return end_keeper(paths, cancel, error) && end_orphan(paths, cancel, error);
}

/* Nothing was ever made here, so there is nothing to lock, stop or delete. */
static bool is_absent(const struct paths *paths)
{
    struct stat status;
    return lstat(paths->directory, &status) < 0 && errno == ENOENT;
}

bool cluster_stop(struct cluster *cluster, struct cancel *cancel, struct error *error)
{
    if (is_absent(cluster->paths))
        return true;
    int start_fd = locks_take_start(cluster->paths, cancel, error);
    if (start_fd < 0)
        return false;
    bool ok = stop(cluster->paths, cancel, error);
    close(start_fd);
    return ok;
}

/* Renamed first: who waits for start.lock finds that its folder has gone, and makes a new one in peace. */
static bool delete_folders(const struct paths *paths, struct error *error)
{
    char *doomed = talloc_asprintf(NULL, "%s.deleted-%ld", paths->directory, (long)getpid());
    bool ok = disk_remove_tree(paths->socket_directory, error);
    if (ok && rename(paths->directory, doomed) < 0)
        ok = error_set(error, ERROR_CLUSTER, "cannot delete \"%s\": %s", paths->directory, strerror(errno));
    ok = ok && disk_remove_tree(doomed, error);
    talloc_free(doomed);
    return ok;
}

bool cluster_destroy(struct cluster *cluster, struct cancel *cancel, struct error *error)
{
    leave(cluster);
    if (is_absent(cluster->paths))
        return true;
    int start_fd = locks_take_start(cluster->paths, cancel, error);
    if (start_fd < 0)
        return false;
    bool ok = stop(cluster->paths, cancel, error) && delete_folders(cluster->paths, error);
    close(start_fd);
    return ok;
}

/* ---- status ---- */

/* Of all files below an open folder, which is closed here. */
static int64_t size_below(int folder_fd)
{
    DIR *entries = folder_fd < 0 ? NULL : fdopendir(folder_fd);
    int64_t size_bytes = 0;
    if (!entries && folder_fd >= 0)
        close(folder_fd);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        struct stat status;
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
            fstatat(folder_fd, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) < 0)
            continue;
        size_bytes += (int64_t)status.st_blocks * 512;
        if (S_ISDIR(status.st_mode))
            size_bytes += size_below(openat(folder_fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    }
    if (entries)
        closedir(entries);
    return size_bytes;
}

struct cluster_status *cluster_status(TALLOC_CTX *owner, struct cluster *cluster, struct error *error)
{
    const struct paths *paths = cluster->paths;
    struct cluster_status *status = talloc_zero(owner, struct cluster_status);
    pid_t keeper_pid;
    bool has_keeper = locks_find_keeper(paths, &keeper_pid) != KEEPER_NONE;
    status->version = binaries_version(status, paths->binaries, error);
    if (!status->version) {
        talloc_free(status);
        return NULL;
    }
    status->exists = paths_is_made(paths);
    status->is_running = server_is_ready(paths);
    status->is_kept = access(paths->keep_file, F_OK) == 0;
    status->server_pid = server_find(paths);
    status->keeper_pid = has_keeper ? keeper_pid : 0;
    status->directory = talloc_strdup(status, paths->directory);
    status->data_directory = talloc_strdup(status, paths->data_directory);
    status->socket_directory = talloc_strdup(status, paths->socket_directory);
    status->log_file = talloc_strdup(status, paths->log_file);
    status->owner = talloc_strdup(status, paths->owner);
    status->owner_note = paths->owner_note ? talloc_strdup(status, paths->owner_note) : NULL;
    status->binaries = talloc_strdup(status, paths->binaries);
    status->major = (int)strtol(status->version, NULL, 10);
    status->port = PATHS_PORT;
    status->database = paths->kind == CLUSTER_EMBEDDED ? PATHS_DATABASE : "postgres";
    status->user = paths->superuser;
    status->size_bytes = size_below(open(paths->data_directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
    return status;
}
