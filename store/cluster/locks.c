/* See locks.h. Waiting is polling: flock(2) can be interrupted only by a signal, which no library may claim. */
#include "store/cluster/locks.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/clock.h"

/* As long as a starter waits for its keeper (spawn.c): a slow initdb, the recovery of a large cluster. */
#define START_LIMIT_MS 300000

/* Root makes the file for the server's user, whose keeper must be able to open it. A hard link to something else of
 * root's has more than one name. */
static bool hand_over(const struct paths *paths, int fd)
{
    struct stat status;
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
        return false;
    if (status.st_uid == paths->uid)
        return true;
    return status.st_uid == geteuid() && status.st_nlink <= 1 && fchown(fd, paths->uid, paths->gid) == 0;
}

int locks_open(const struct paths *paths, const char *path, struct error *error)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd >= 0 && hand_over(paths, fd))
        return fd;
    error_set(error, ERROR_CLUSTER, "cannot use the lock file \"%s\": %s", path,
              fd < 0 ? strerror(errno) : "it belongs to somebody else");
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool wait_for(int fd, int operation, const char *path, struct cancel *cancel, struct error *error)
{
    int64_t end_ms = clock_monotonic_ms() + START_LIMIT_MS;
    for (int pause_ms = 1; flock(fd, operation | LOCK_NB) < 0; pause_ms = pause_ms < 10 ? pause_ms + 1 : 10) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return error_set(error, ERROR_CLUSTER, "cannot lock \"%s\": %s", path, strerror(errno));
        if (clock_monotonic_ms() >= end_ms) {
            error_set(error, ERROR_CLUSTER, "another process has held \"%s\" for %d s", path, START_LIMIT_MS / 1000);
            return error_hint(error, "Look for a stopped pgdeck (fuser \"%s\") and end it.", path);
        }
        if (!cancel_sleep(cancel, pause_ms))
            return error_set(error, ERROR_CANCELLED, "cancelled while waiting for the private cluster");
    }
    return true;
}

/* Whether the path still names this very file: `cluster destroy` may have removed it while we waited. */
static bool is_current(int fd, const char *path)
{
    struct stat open_file, named;
    return fstat(fd, &open_file) == 0 && lstat(path, &named) == 0 && open_file.st_ino == named.st_ino &&
           open_file.st_dev == named.st_dev;
}

int locks_take_start(const struct paths *paths, struct cancel *cancel, struct error *error)
{
    for (;;) {
        int fd = paths_prepare(paths, error) ? locks_open(paths, paths->start_lock, error) : -1;
        if (fd < 0)
            return -1;
        bool is_held = wait_for(fd, LOCK_EX, paths->start_lock, cancel, error);
        if (is_held && is_current(fd, paths->start_lock))
            return fd;
        close(fd);
        if (!is_held)
            return -1;
    }
}

int locks_share_users(const struct paths *paths, struct cancel *cancel, struct error *error)
{
    int fd = locks_open(paths, paths->users_lock, error);
    if (fd < 0)
        return -1;
    if (wait_for(fd, LOCK_SH, paths->users_lock, cancel, error))
        return fd;
    close(fd);
    return -1;
}

static pid_t holder(int fd, off_t byte)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK ? lock.l_pid : 0;
}

enum locks_keeper locks_find_keeper(const struct paths *paths, pid_t *pid)
{
    *pid = 0;
    int fd = open(paths->keeper_lock, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return KEEPER_NONE;
    *pid = holder(fd, 0);
    enum locks_keeper state = !*pid ? KEEPER_NONE : holder(fd, 1) ? KEEPER_READY : KEEPER_STARTING;
    close(fd);
    return state;
}

bool locks_claim(int keeper_fd, off_t byte)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
    return fcntl(keeper_fd, F_SETLK, &lock) == 0;
}
