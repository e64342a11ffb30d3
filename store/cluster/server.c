/* See server.h. */
#include "store/cluster/server.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <limits.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Of both clusters. Locks: 64 a transaction, the default, fail at some 200 tables in one. mmap: with the default,
 * a killed server leaves segments in /dev/shm. */
static const char *const common_settings[] = {
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_locks_per_transaction=1024",
    "dynamic_shared_memory_type=mmap",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_line_prefix=%m [%p] ",
    "logging_collector=off",
    "log_destination=stderr",
    NULL,
};
static const char *const embedded_settings[] = {
    "fsync=on", "full_page_writes=on", "synchronous_commit=on", "max_connections=50", "autovacuum=on", NULL,
};
static const char *const scratch_settings[] = {
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=100",
    "autovacuum=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_worker_processes=0",
    "shared_buffers=64MB",
    "jit=off",
    NULL,
};

/* ---- is it alive ---- */

/* A postmaster and its backends run the program "postgres" in the data directory. A zombie has neither any more. */
bool server_is_alive(const struct paths *paths, pid_t pid)
{
    char link[64], program[PATH_MAX];
    struct stat here, data;
    snprintf(link, sizeof link, "/proc/%ld/cwd", (long)pid);
    if (stat(link, &here) < 0 || stat(paths->data_directory, &data) < 0 || here.st_ino != data.st_ino ||
        here.st_dev != data.st_dev)
        return false;
    snprintf(link, sizeof link, "/proc/%ld/exe", (long)pid);
    ssize_t size = readlink(link, program, sizeof program - 1);
    if (size <= 0)
        return false;
    program[size] = '\0';
    const char *name = strrchr(program, '/'); /* "postgres (deleted)" after an upgrade */
    return name && !strncmp(name, "/postgres", 9);
}

/* The number in the first line of a lock file of the server, or 0. */
static pid_t pid_in(const char *path)
{
    char text[32];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t size = fd < 0 ? 0 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[size > 0 ? size : 0] = '\0';
    long pid = strtol(text, NULL, 10);
    return pid > 1 && pid <= INT_MAX ? (pid_t)pid : 0;
}

pid_t server_find(const struct paths *paths)
{
    char *path = talloc_asprintf(NULL, "%s/postmaster.pid", paths->data_directory);
    pid_t pid = pid_in(path);
    talloc_free(path);
    return pid && server_is_alive(paths, pid) ? pid : 0;
}

bool server_listens(const struct paths *paths)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!paths_is_ours(paths, paths->socket_directory) || strlen(paths->socket) >= sizeof address.sun_path)
        return false;
    memcpy(address.sun_path, paths->socket, strlen(paths->socket) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    /* EAGAIN: it listens, and has more callers than it can queue. */
    bool listens = connect(fd, (struct sockaddr *)&address, sizeof address) == 0 || errno == EAGAIN;
    close(fd);
    return listens;
}

static const char *const *session_keywords(void)
{
    static const char *const keywords[] = {"host", "port", "user", "dbname", "connect_timeout", NULL};
    return keywords;
}

bool server_is_ready(const struct paths *paths)
{
    char port[16];
    snprintf(port, sizeof port, "%d", PATHS_PORT);
    const char *values[] = {paths->socket_directory, port, paths->superuser, "postgres", "10", NULL};
    return server_listens(paths) && PQpingParams(session_keywords(), values, 0) == PQPING_OK;
}

/* ---- starting ---- */

/* execve takes words that it might change. */
static char **copy_words(TALLOC_CTX *owner, const char *const *words)
{
    unsigned count = 0;
    while (words[count])
        count++;
    char **copy = talloc_zero_array(owner, char *, count + 1);
    for (unsigned i = 0; i < count; i++)
        copy[i] = talloc_strdup(copy, words[i]);
    return copy;
}

/* Never returns. The keeper has closed or marked all other descriptors. */
static void become_program(const struct paths *paths, const char *const *words, int signal_of_death)
{
    static const char *const environment[] = {"LC_ALL=C", "PATH=/usr/bin:/bin", "TZ=UTC", NULL};
    char **arguments = copy_words(NULL, words), **variables = copy_words(NULL, environment);
    sigset_t none;
    sigemptyset(&none);
    int log = open(paths->log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool ok = log >= 0 && dup2(log, STDOUT_FILENO) >= 0 && dup2(log, STDERR_FILENO) >= 0 && setpgid(0, 0) == 0 &&
              (!signal_of_death || prctl(PR_SET_PDEATHSIG, signal_of_death) == 0);
    signal(SIGPIPE, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    if (ok)
        execve(arguments[0], arguments, variables);
    _exit(127);
}

static pid_t start_program(const struct paths *paths, const char *const *words, int signal_of_death)
{
    pid_t pid = fork();
    if (pid == 0)
        become_program(paths, words, signal_of_death);
    return pid;
}

/* A half-made data directory is worth nothing, so initdb dies with the keeper; the server does not. */
pid_t server_start_initdb(const struct paths *paths, const char *data_directory)
{
    char *program = talloc_asprintf(NULL, "%s/initdb", paths->binaries);
    const char *no_sync = paths->kind == CLUSTER_SCRATCH ? "--no-sync" : NULL;
    const char *words[] = {program, "-D",         data_directory,    "-A",    "trust", "-U", paths->superuser, "-E",
                           "UTF8",  "--locale=C", "--wal-segsize=1", no_sync, NULL};
    pid_t pid = start_program(paths, words, SIGKILL);
    talloc_free(program);
    return pid;
}

pid_t server_start(const struct paths *paths)
{
    const char *const *own = paths->kind == CLUSTER_EMBEDDED ? embedded_settings : scratch_settings;
    const char *words[64];
    size_t count = 0;
    TALLOC_CTX *scope = talloc_new(NULL);
    words[count++] = talloc_asprintf(scope, "%s/postgres", paths->binaries);
    words[count++] = "-D";
    words[count++] = paths->data_directory;
    words[count++] = "-k";
    words[count++] = paths->socket_directory;
    words[count++] = "-p";
    words[count++] = talloc_asprintf(scope, "%d", PATHS_PORT);
    for (size_t i = 0; common_settings[i]; i++) {
        words[count++] = "-c";
        words[count++] = common_settings[i];
    }
    for (size_t i = 0; own[i]; i++) {
        words[count++] = "-c";
        words[count++] = own[i];
    }
    words[count] = NULL;
    _Static_assert(7 + 2 * (countof(common_settings) + countof(scratch_settings)) < countof(words), "all words fit");
    pid_t pid = start_program(paths, words, 0);
    talloc_free(scope);
    return pid;
}

/* ---- what a killed server leaves ---- */

/* Backends of a killed postmaster end by themselves, but not at once; they still write to the data. */
static bool has_processes(const struct paths *paths)
{
    DIR *processes = opendir("/proc");
    bool found = false;
    for (struct dirent *entry; processes && !found && (entry = readdir(processes));) {
        long pid = strtol(entry->d_name, NULL, 10);
        found = pid > 1 && server_is_alive(paths, (pid_t)pid);
    }
    if (processes)
        closedir(processes);
    return found;
}

static void remove_file(const char *folder, const char *name)
{
    char *path = talloc_asprintf(NULL, "%s/%s", folder, name);
    unlink(path);
    talloc_free(path);
}

/* The server itself sees through a pid file only while the process id is free. It takes any live process of its user,
 * and a zombie, for a running server. */
bool server_sweep(const struct paths *paths)
{
    char *path = talloc_asprintf(NULL, "%s/postmaster.pid", paths->data_directory);
    bool is_left = access(path, F_OK) == 0;
    talloc_free(path);
    if (is_left && has_processes(paths))
        return false;
    char name[64];
    remove_file(paths->data_directory, "postmaster.pid");
    snprintf(name, sizeof name, ".s.PGSQL.%d", PATHS_PORT);
    remove_file(paths->socket_directory, name);
    snprintf(name, sizeof name, ".s.PGSQL.%d.lock", PATHS_PORT);
    remove_file(paths->socket_directory, name);
    return true;
}

/* ---- the database ---- */

/* One statement; true with *rows rows. */
static bool execute(PGconn *session, const char *statement, int *rows)
{
    PGresult *result = PQexec(session, statement);
    ExecStatusType status = PQresultStatus(result);
    *rows = PQntuples(result);
    PQclear(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

bool server_make_database(const struct paths *paths, struct error *error)
{
    char port[16];
    snprintf(port, sizeof port, "%d", PATHS_PORT);
    const char *values[] = {paths->socket_directory, port, paths->superuser, "postgres", "60", NULL};
    int rows = 0;
    PGconn *session = PQconnectdbParams(session_keywords(), values, 0);
    bool ok = PQstatus(session) == CONNECTION_OK &&
              execute(session, "SELECT FROM pg_catalog.pg_database WHERE datname = '" PATHS_DATABASE "'", &rows) &&
              (rows == 1 || execute(session, "CREATE DATABASE " PATHS_DATABASE " TEMPLATE template0", &rows));
    if (!ok) {
        error_set(error, ERROR_CLUSTER, "the database \"" PATHS_DATABASE "\" cannot be made in the private cluster");
        error_detail(error, "%s", PQerrorMessage(session));
    }
    PQfinish(session);
    return ok;
}
