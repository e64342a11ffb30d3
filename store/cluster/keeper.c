/* See keeper.h: the keeper's half. One process, one thread, no descriptor, environment or signal of its starter.
 * It never waits for more than its next look around: whoever asks it to stop is heard within milliseconds. */
#include "store/cluster/keeper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/clock.h"
#include "store/cluster/locks.h"
#include "store/cluster/log_file.h"
#include "store/cluster/server.h"
#include "store/disk.h"

#define POLL_MS 3             /* a start takes 25 ms (measured) */
#define START_LIMIT_MS 300000 /* as long as a starter listens */
#define SILENT_LIMIT_MS                                                                                                \
    1000                    /* an adopted server that does not listen: its socket is gone; a new one has it in 10 ms   \
                             */
#define OLD_LIMIT_MS 30000  /* processes of a killed server */
#define FAST_LIMIT_MS 30000 /* a fast shutdown, before an immediate one */
#define IMMEDIATE_LIMIT_MS 10000

struct keeper {
    struct paths *paths;
    int status_fd; /* to the starter, until it has been told */
    int lock_fd;   /* keeper.lock */
    int users_fd;
    int start_fd; /* start.lock while it stops by itself, else -1 */
    sigset_t signals;
    bool is_told_to_stop;
    pid_t server;  /* or 0 */
    bool is_child; /* the server is ours to wait for; else it was adopted */
    struct timespec last_use;
    struct error *error;
};

/* ---- waiting ---- */

/* Sleeps, but wakes for the end of a child and for SIGTERM. Returns false once told to stop. */
static bool rest(struct keeper *keeper, int64_t milliseconds)
{
    struct timespec limit = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};
    if (sigtimedwait(&keeper->signals, NULL, &limit) == SIGTERM)
        keeper->is_told_to_stop = true;
    return !keeper->is_told_to_stop;
}

static bool has_ended(pid_t child, int *status) { return waitpid(child, status, WNOHANG) == child; }

static bool server_lives(struct keeper *keeper)
{
    int status;
    if (keeper->server && keeper->is_child && has_ended(keeper->server, &status))
        keeper->server = 0;
    if (keeper->server && !keeper->is_child && !server_is_alive(keeper->paths, keeper->server))
        keeper->server = 0;
    return keeper->server;
}

static void stop_server(struct keeper *keeper)
{
    static const struct {
        int signal;
        int64_t limit_ms;
    } steps[] = {{SIGINT, FAST_LIMIT_MS}, {SIGQUIT, IMMEDIATE_LIMIT_MS}, {SIGKILL, IMMEDIATE_LIMIT_MS}};
    for (size_t i = 0; i < countof(steps) && server_lives(keeper); i++) {
        int64_t end_ms = clock_monotonic_ms() + steps[i].limit_ms;
        kill(keeper->server, steps[i].signal);
        while (server_lives(keeper) && clock_monotonic_ms() < end_ms)
            rest(keeper, POLL_MS);
    }
}

/* ---- telling the starter ---- */

static void tell(struct keeper *keeper, const char *text)
{
    size_t size = strlen(text);
    while (size > 0) {
        ssize_t written = write(keeper->status_fd, text, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0) /* the starter has gone; the cluster is for the others */
            break;
        text += written;
        size -= (size_t)written;
    }
    close(keeper->status_fd);
}

static void tell_error(struct keeper *keeper)
{
    const struct error *error = keeper->error;
    char *line = talloc_strdup(NULL, error->message ? error->message : "stopped");
    for (char *next = line; (next = strpbrk(next, "\r\n")); next++)
        *next = ' ';
    char *text = talloc_asprintf(line, "error %s\n%s", line, error->detail ? error->detail : "");
    tell(keeper, text);
    talloc_free(line);
}

static bool fail_with_log(struct keeper *keeper, off_t log_start, const char *what)
{
    error_set(keeper->error, ERROR_CLUSTER, "%s", what);
    error_detail(keeper->error, "%s", log_file_last_words(keeper->error, keeper->paths, log_start));
    return false;
}

static bool fail_stopped(struct keeper *keeper)
{
    return error_set(keeper->error, ERROR_CLUSTER, "the private cluster was told to stop while it was starting");
}

/* ---- making the data ---- */

/* Of keepers that were killed; only the keeper makes them, and there is one. */
static void remove_leftovers(const struct paths *paths)
{
    DIR *entries = opendir(paths->directory);
    struct error *ignored = error_new(NULL);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        if (strncmp(entry->d_name, "data.new-", 9) != 0)
            continue;
        char *path = talloc_asprintf(ignored, "%s/%s", paths->directory, entry->d_name);
        if (!disk_remove_tree(path, ignored))
            error_clear(ignored); /* it is in nobody's way */
    }
    if (entries)
        closedir(entries);
    talloc_free(ignored);
}

/* What stands at the data directory's place without being one. Nothing that could be someone's data is deleted. */
static bool set_aside(struct keeper *keeper)
{
    const struct paths *paths = keeper->paths;
    char *aside = talloc_asprintf(keeper->error, "%s.broken-%ld", paths->data_directory, (long)getpid());
    if (rmdir(paths->data_directory) == 0 || errno == ENOENT)
        return true;
    if (paths->kind == CLUSTER_SCRATCH)
        return disk_remove_tree(paths->data_directory, keeper->error);
    if (rename(paths->data_directory, aside) == 0)
        return true;
    return error_set(keeper->error, ERROR_CLUSTER, "cannot set \"%s\" aside: %s", paths->data_directory,
                     strerror(errno));
}

static bool wait_for_initdb(struct keeper *keeper, pid_t initdb, off_t log_start)
{
    int64_t end_ms = clock_monotonic_ms() + START_LIMIT_MS;
    int status = 0;
    while (!has_ended(initdb, &status)) {
        if (rest(keeper, POLL_MS) && clock_monotonic_ms() < end_ms)
            continue;
        kill(-initdb, SIGKILL);
        waitpid(initdb, &status, 0);
        return keeper->is_told_to_stop ? fail_stopped(keeper) : fail_with_log(keeper, log_start, "initdb does not end");
    }
    return status == 0 || fail_with_log(keeper, log_start, "initdb failed");
}

/* Beside its place, and renamed when complete: a half-made one is never taken for a cluster. */
static bool make_data(struct keeper *keeper, off_t log_start)
{
    const struct paths *paths = keeper->paths;
    if (paths_is_made(paths))
        return true;
    if (!set_aside(keeper))
        return false;
    char *beside = talloc_asprintf(keeper->error, "%s.new-%ld", paths->data_directory, (long)getpid());
    pid_t initdb = server_start_initdb(paths, beside);
    if (initdb < 0)
        return error_set(keeper->error, ERROR_CLUSTER, "cannot start initdb: %s", strerror(errno));
    if (!wait_for_initdb(keeper, initdb, log_start))
        return false;
    if (rename(beside, paths->data_directory) == 0)
        return true;
    return error_set(keeper->error, ERROR_CLUSTER, "cannot make \"%s\": %s", paths->data_directory, strerror(errno));
}

/* ---- starting ---- */

/* A server that runs already was orphaned when its keeper was killed. One that nobody can reach is stopped. */
static bool adopt(struct keeper *keeper)
{
    int64_t start_ms = clock_monotonic_ms();
    keeper->server = server_find(keeper->paths);
    while (keeper->server && server_lives(keeper)) {
        if (server_is_ready(keeper->paths))
            return true;
        int64_t limit_ms = server_listens(keeper->paths) ? START_LIMIT_MS : SILENT_LIMIT_MS;
        if (!rest(keeper, POLL_MS) || clock_monotonic_ms() - start_ms > limit_ms)
            stop_server(keeper);
    }
    return false;
}

static bool sweep(struct keeper *keeper)
{
    int64_t end_ms = clock_monotonic_ms() + OLD_LIMIT_MS;
    while (!server_sweep(keeper->paths)) {
        if (!rest(keeper, POLL_MS))
            return fail_stopped(keeper);
        if (clock_monotonic_ms() >= end_ms)
            return error_set(keeper->error, ERROR_CLUSTER, "processes of a killed server do not leave \"%s\"",
                             keeper->paths->data_directory);
    }
    return true;
}

static bool start(struct keeper *keeper, off_t log_start)
{
    int64_t end_ms = clock_monotonic_ms() + START_LIMIT_MS;
    if (!sweep(keeper))
        return false;
    keeper->is_child = true;
    keeper->server = server_start(keeper->paths);
    if (keeper->server < 0) {
        keeper->server = 0;
        return error_set(keeper->error, ERROR_CLUSTER, "cannot start the server: %s", strerror(errno));
    }
    while (!server_is_ready(keeper->paths)) {
        if (!rest(keeper, POLL_MS))
            return fail_stopped(keeper);
        if (!server_lives(keeper))
            return fail_with_log(keeper, log_start, "the server of the private cluster ended while it was starting");
        if (clock_monotonic_ms() >= end_ms)
            return fail_with_log(keeper, log_start, "the server of the private cluster does not become ready");
    }
    return true;
}

static bool bring_up(struct keeper *keeper)
{
    off_t log_start = log_file_trim(keeper->paths);
    remove_leftovers(keeper->paths);
    if (!adopt(keeper)) {
        if (keeper->is_told_to_stop)
            return fail_stopped(keeper);
        if (!make_data(keeper, log_start) || !start(keeper, log_start))
            return false;
    }
    return (keeper->paths->kind == CLUSTER_SCRATCH || server_make_database(keeper->paths, keeper->error)) &&
           (locks_claim(keeper->lock_fd, 1) || error_set(keeper->error, ERROR_INTERNAL, "keeper.lock is taken twice"));
}

/* ---- keeping ---- */

/* Users touch the file when they come and go, so that one who came and went between two looks counts. */
static bool is_used(struct keeper *keeper)
{
    struct stat status;
    if (access(keeper->paths->keep_file, F_OK) == 0 || flock(keeper->users_fd, LOCK_EX | LOCK_NB) < 0)
        return true;
    flock(keeper->users_fd, LOCK_UN);
    if (fstat(keeper->users_fd, &status) < 0)
        return true;
    bool was_used =
        status.st_mtim.tv_sec != keeper->last_use.tv_sec || status.st_mtim.tv_nsec != keeper->last_use.tv_nsec;
    keeper->last_use = status.st_mtim;
    return was_used;
}

/* With start.lock held nobody can come in between; it is kept until the server has ended. */
static bool may_retire(struct keeper *keeper)
{
    keeper->start_fd = open(keeper->paths->start_lock, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (keeper->start_fd < 0)
        return true; /* the folder is gone: nobody can come at all */
    if (flock(keeper->start_fd, LOCK_EX | LOCK_NB) == 0 && !is_used(keeper))
        return true;
    close(keeper->start_fd);
    keeper->start_fd = -1;
    return false;
}

static void keep(struct keeper *keeper)
{
    int64_t linger_ms = keeper->paths->linger_ms, used_ms = clock_monotonic_ms();
    int64_t look_ms = linger_ms / 8 < 10 ? 10 : linger_ms / 8 > 1000 ? 1000 : linger_ms / 8;
    while (server_lives(keeper) && rest(keeper, look_ms)) {
        if (is_used(keeper))
            used_ms = clock_monotonic_ms();
        else if (clock_monotonic_ms() - used_ms >= linger_ms && may_retire(keeper))
            break;
        log_file_trim(keeper->paths);
    }
    stop_server(keeper);
}

static bool claim(struct keeper *keeper)
{
    keeper->lock_fd = locks_open(keeper->paths, keeper->paths->keeper_lock, keeper->error);
    keeper->users_fd = keeper->lock_fd < 0 ? -1 : locks_open(keeper->paths, keeper->paths->users_lock, keeper->error);
    return keeper->users_fd >= 0;
}

static int work(struct keeper *keeper)
{
    if (!claim(keeper)) {
        tell_error(keeper);
        return error_exit_status(keeper->error);
    }
    if (!locks_claim(keeper->lock_fd, 0)) {
        tell(keeper, "busy\n");
        return 0;
    }
    if (!bring_up(keeper)) {
        stop_server(keeper);
        close(keeper->lock_fd); /* before the starter hears of it and tries again */
        tell_error(keeper);
        return error_exit_status(keeper->error);
    }
    tell(keeper, "ready\n");
    keep(keeper);
    close(keeper->lock_fd);
    if (keeper->start_fd >= 0)
        close(keeper->start_fd);
    return 0;
}

/* ---- becoming the keeper ---- */

static bool parse_number(const char *text, int64_t *number)
{
    char *end;
    errno = 0;
    *number = strtoll(text, &end, 10);
    return !errno && *text && !*end && *number >= 0;
}

/* As keeper_arguments in spawn.c writes them. */
static struct paths *parse(TALLOC_CTX *owner, int count, char **arguments)
{
    int64_t uid, gid, linger_ms;
    if (count != 9 || !parse_number(arguments[3], &uid) || !parse_number(arguments[4], &gid) ||
        !parse_number(arguments[8], &linger_ms))
        return NULL;
    enum cluster_kind kind = strcmp(arguments[2], "scratch") ? CLUSTER_EMBEDDED : CLUSTER_SCRATCH;
    struct paths *paths = paths_of_folders(owner, kind, arguments[5], arguments[6]);
    paths->uid = (uid_t)uid;
    paths->gid = (gid_t)gid;
    paths->owner = arguments[3];
    paths->binaries = arguments[7];
    paths->linger_ms = linger_ms;
    return paths;
}

static bool drop_rights(const struct paths *paths)
{
    if (geteuid() == paths->uid)
        return true;
    return setgroups(0, NULL) == 0 && setgid(paths->gid) == 0 && setuid(paths->uid) == 0;
}

/* A descriptor that it kept, of a pipe say, would make someone wait for as long as the cluster lives. */
static bool detach(struct keeper *keeper)
{
    closefrom(3);
    keeper->status_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (keeper->status_fd < 0 || null_fd < 0)
        return false;
    static const int handled[] = {SIGTERM, SIGCHLD, SIGINT, SIGQUIT, SIGHUP};
    sigset_t blocked;
    sigemptyset(&blocked);
    for (size_t i = 0; i < countof(handled); i++)
        sigaddset(&blocked, handled[i]);
    sigemptyset(&keeper->signals);
    sigaddset(&keeper->signals, SIGTERM);
    sigaddset(&keeper->signals, SIGCHLD);
    signal(SIGPIPE, SIG_IGN);
    umask(077);
    return dup2(null_fd, STDOUT_FILENO) >= 0 && close(null_fd) == 0 && sigprocmask(SIG_SETMASK, &blocked, NULL) == 0 &&
           chdir("/") == 0;
}

int cluster_keeper_main(int count, char **arguments)
{
    struct keeper *keeper = talloc_zero(NULL, struct keeper);
    keeper->error = error_new(keeper);
    keeper->start_fd = -1;
    keeper->paths = parse(keeper, count, arguments);
    if (!keeper->paths) {
        talloc_free(keeper);
        return error_kind(ERROR_USAGE)->exit_status;
    }
    pid_t pid = fork(); /* so that it is nobody's child, and no zombie when it ends */
    if (pid)
        _exit(pid < 0 ? error_kind(ERROR_INTERNAL)->exit_status : 0);
    int status = error_kind(ERROR_INTERNAL)->exit_status;
    if (detach(keeper) && drop_rights(keeper->paths))
        status = work(keeper);
    talloc_free(keeper);
    return status;
}
