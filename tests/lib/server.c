/* See server.h. initdb runs once per user, major version and machine: its result is kept as a template under
 * pgdeck-test-UID (in /dev/shm or /tmp) and copied for each server. */
#include "tests/lib/server.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <libpq-fe.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define START_TIMEOUT_MS 60000
#define STOP_TIMEOUT_MS 30000

struct test_server {
    char *binaries;  /* folder of the programs */
    char *directory; /* holds data/, log and the socket */
    const char **arguments;
    uid_t uid;
    gid_t gid;
    pid_t pid; /* or 0 */
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void pause_ms(int milliseconds) { nanosleep(&(struct timespec){.tv_nsec = milliseconds * 1000000L}, NULL); }

static int remove_entry(const char *path, const struct stat *status UNUSED, int kind UNUSED, struct FTW *walk UNUSED)
{
    return remove(path);
}

static void remove_tree(const char *path) { nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS); }

static void print_file(const char *path)
{
    char line[1024];
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        print_error("  %s", line);
    if (file)
        fclose(file);
}

/* ---- the user and the programs ---- */

/* PostgreSQL refuses to run as root. */
static void choose_user(struct test_server *server)
{
    server->uid = geteuid();
    server->gid = getegid();
    if (server->uid)
        return;
    const struct passwd *user = getpwnam("postgres");
    if (!user)
        user = getpwnam("nobody");
    if (!user)
        fail_msg("neither the user postgres nor nobody exists");
    server->uid = user->pw_uid;
    server->gid = user->pw_gid;
}

static char *first_line(TALLOC_CTX *owner, const char *command)
{
    char line[PATH_MAX] = "";
    FILE *output = popen(command, "r"); /* constant words and folders found by glob: nothing to quote but spaces */
    if (output && !fgets(line, sizeof line, output))
        line[0] = '\0';
    if (output)
        pclose(output);
    line[strcspn(line, "\n")] = '\0';
    return talloc_strdup(owner, line);
}

static bool has_server(const char *folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/initdb", folder);
    return *folder && access(path, X_OK) == 0;
}

static char *newest_match(TALLOC_CTX *owner, const char *pattern)
{
    glob_t found = {0};
    char *best = NULL;
    if (glob(pattern, 0, NULL, &found) == 0)
        for (size_t i = 0; i < found.gl_pathc; i++)
            if (has_server(found.gl_pathv[i]) && (!best || strverscmp(found.gl_pathv[i], best) > 0))
                best = found.gl_pathv[i];
    best = best ? talloc_strdup(owner, best) : NULL;
    globfree(&found);
    return best;
}

static char *find_binaries(TALLOC_CTX *owner)
{
    static const char *const patterns[] = {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*"};
    const char *asked = getenv("PGDECK_SERVER_BINARIES");
    if (asked && *asked)
        return talloc_strdup(owner, asked);
    for (size_t i = 0; i < countof(patterns); i++) {
        char *found = newest_match(owner, patterns[i]);
        if (found)
            return found;
    }
    char *configured = first_line(owner, "pg_config --bindir 2>/dev/null");
    if (!has_server(configured))
        fail_msg("no PostgreSQL server programs found; set PGDECK_SERVER_BINARIES");
    return configured;
}

/* ---- programs run as the server's user ---- */

/* execve wants words that it might change; it does not. */
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

/* Never returns. The death signal is set after setuid, which clears it. */
static void become_program(const struct test_server *server, const char *const *words, const char *output)
{
    static const char *const environment[] = {"LC_ALL=C", "PATH=/usr/bin:/bin", "TZ=UTC", NULL};
    char **arguments = copy_words(NULL, words), **variables = copy_words(NULL, environment);
    if (geteuid() == 0 && (setgroups(0, NULL) || setgid(server->gid) || setuid(server->uid)))
        _exit(126);
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    setpgid(0, 0); /* Ctrl-C at a terminal is for the test program */
    int null_fd = open("/dev/null", O_RDONLY);
    int output_fd = open(output, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (null_fd < 0 || output_fd < 0 || chdir("/"))
        _exit(125);
    dup2(null_fd, STDIN_FILENO);
    dup2(output_fd, STDOUT_FILENO);
    dup2(output_fd, STDERR_FILENO);
    closefrom(3);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(arguments[0], arguments, variables);
    _exit(127);
}

static pid_t start_program(const struct test_server *server, const char *const *arguments, const char *output)
{
    pid_t pid = fork();
    if (pid < 0)
        fail_msg("fork: %s", strerror(errno));
    if (pid == 0)
        become_program(server, arguments, output);
    return pid;
}

static void run_program(const struct test_server *server, const char *const *arguments)
{
    char *output = talloc_asprintf(server, "%s/output", server->directory);
    int status = 0;
    pid_t pid = start_program(server, arguments, output);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (status) {
        print_file(output);
        fail_msg("%s ended with status %d", arguments[0], status);
    }
    talloc_free(output);
}

/* ---- folders ---- */

/* Made by us and writable by nobody else, or the test ends: the name can be guessed. */
static void claim_folder(const char *path, uid_t uid, mode_t mode)
{
    struct stat status;
    if (mkdir(path, mode) < 0 && errno != EEXIST)
        fail_msg("cannot make %s: %s", path, strerror(errno));
    if (lstat(path, &status) < 0 || !S_ISDIR(status.st_mode) || status.st_uid != uid || (status.st_mode & 022))
        fail_msg("%s is not a folder of user %d alone: remove it", path, (int)uid);
}

/* A zombie is not: in a container nobody may ever reap it. */
static bool is_alive(long pid)
{
    char path[64], line[512] = "";
    snprintf(path, sizeof path, "/proc/%ld/stat", pid);
    FILE *file = fopen(path, "r");
    if (file && !fgets(line, sizeof line, file))
        line[0] = '\0';
    if (file)
        fclose(file);
    const char *name_end = strrchr(line, ')');
    return name_end && strncmp(name_end, ") Z", 3) != 0;
}

/* Folders are named PREFIX, PID, -XXXXXX after the test program's process. In /tmp, where everyone
 * has folders, only our own user's go. */
static void remove_leftovers(const char *folder, const char *prefix)
{
    DIR *entries = opendir(folder);
    for (struct dirent *entry; entries && (entry = readdir(entries));) {
        char *end, path[PATH_MAX];
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        long pid = strtol(entry->d_name + strlen(prefix), &end, 10);
        if (pid <= 0 || *end != '-' || is_alive(pid))
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        struct stat status;
        if (lstat(path, &status) == 0 && (status.st_uid == geteuid() || !*prefix))
            remove_tree(path);
    }
    if (entries)
        closedir(entries);
}

static void make_folder(struct test_server *server, const char *base)
{
    server->directory = talloc_asprintf(server, "%s/%d-XXXXXX", base, (int)getpid());
    if (!mkdtemp(server->directory) || (geteuid() == 0 && chown(server->directory, server->uid, server->gid)))
        fail_msg("cannot make %s: %s", server->directory, strerror(errno));
}

/* The data directory that initdb made once; kept for later programs. */
static char *make_template(struct test_server *server, const char *base)
{
    char *version = first_line(server, talloc_asprintf(server, "'%s/postgres' --version", server->binaries));
    int major = (int)strtol(version + strcspn(version, "0123456789"), NULL, 10);
    char *path = talloc_asprintf(server, "%s/template-%d", base, major);
    if (access(path, F_OK) < 0) {
        char *made = talloc_asprintf(server, "%s/template", server->directory);
        const char *program = talloc_asprintf(server, "%s/initdb", server->binaries);
        run_program(server, (const char *[]){program, "-D", made, "-N", "-A", "trust", "-U", "postgres", "-E", "UTF8",
                                             "--locale=C", "--wal-segsize=1", NULL});
        if (rename(made, path) < 0 && errno != ENOTEMPTY && errno != EEXIST)
            fail_msg("cannot keep the template %s: %s", path, strerror(errno));
    }
    struct stat status;
    if (lstat(path, &status) < 0 || !S_ISDIR(status.st_mode) || status.st_uid != server->uid)
        fail_msg("%s is not a folder of user %d: remove it", path, (int)server->uid);
    return path;
}

/* ---- the server ---- */

static const char **server_arguments(struct test_server *server, const char *const *extra_settings)
{
    static const char *const settings[] = {
        "listen_addresses=",
        "unix_socket_permissions=0700",
        "fsync=off",
        "full_page_writes=off",
        "max_connections=100",
        "max_prepared_transactions=10",
        "max_locks_per_transaction=1024",
        "shared_buffers=32MB",
        "min_wal_size=2MB",
        "max_wal_size=64MB",
        "dynamic_shared_memory_type=mmap",
        "jit=off",
        "timezone=UTC",
        "port=5432",
    };
    size_t extra_count = 0;
    while (extra_settings && extra_settings[extra_count])
        extra_count++;
    const char **arguments =
        talloc_zero_array(server, const char *, (unsigned)(2 * (countof(settings) + extra_count) + 6));
    size_t count = 0;
    arguments[count++] = talloc_asprintf(arguments, "%s/postgres", server->binaries);
    arguments[count++] = "-D";
    arguments[count++] = talloc_asprintf(arguments, "%s/data", server->directory);
    arguments[count++] = "-k";
    arguments[count++] = server->directory;
    for (size_t i = 0; i < countof(settings) + extra_count; i++) {
        arguments[count++] = "-c";
        arguments[count++] =
            talloc_strdup(arguments, i < countof(settings) ? settings[i] : extra_settings[i - countof(settings)]);
    }
    return arguments;
}

static void start(struct test_server *server)
{
    char *log = talloc_asprintf(server, "%s/log", server->directory);
    const char *conninfo = test_server_conninfo(server, "postgres");
    int64_t end_ms = now_ms() + START_TIMEOUT_MS;
    server->pid = start_program(server, server->arguments, log);
    while (PQping(conninfo) != PQPING_OK) {
        int status = 0;
        /* Right after a SIGKILL the old backends may still hold the shared memory. */
        if (waitpid(server->pid, &status, WNOHANG) == server->pid && now_ms() < end_ms)
            server->pid = start_program(server, server->arguments, log);
        if (now_ms() >= end_ms) {
            print_file(log);
            fail_msg("the test server did not start");
        }
        pause_ms(3);
    }
    talloc_free(log);
}

static int destroy_server(struct test_server *server)
{
    test_server_stop(server, TEST_STOP_IMMEDIATE);
    if (server->directory)
        remove_tree(server->directory);
    return 0;
}

/* Databases are hundreds of small files: in memory where there is room, for they are made by the hundred. */
static const char *roomy_folder(void)
{
    const uint64_t enough_bytes = UINT64_C(2) << 30;
    struct statvfs status;
    bool is_roomy = statvfs("/dev/shm", &status) == 0 && (uint64_t)status.f_bavail * status.f_frsize >= enough_bytes;
    return is_roomy && access("/dev/shm", W_OK | X_OK) == 0 ? "/dev/shm" : "/tmp";
}

struct test_server *test_server_start(TALLOC_CTX *owner, const char *const *extra_settings)
{
    struct test_server *server = talloc_zero(owner, struct test_server);
    choose_user(server);
    server->binaries = find_binaries(server);
    char *base = talloc_asprintf(server, "%s/pgdeck-test-%d", roomy_folder(), (int)geteuid());
    claim_folder(base, geteuid(), 0755);
    remove_leftovers(base, "");
    remove_leftovers("/tmp", TEST_DIRECTORY_PREFIX);
    make_folder(server, base);
    talloc_set_destructor(server, destroy_server);
    char *template = make_template(server, base);
    const char *data = talloc_asprintf(server, "%s/data", server->directory);
    run_program(server, (const char *[]){"/bin/cp", "-a", template, data, NULL});
    server->arguments = server_arguments(server, extra_settings);
    start(server);
    return server;
}

const char *test_server_conninfo(struct test_server *server, const char *database)
{
    char *quoted = talloc_strdup(server, "");
    for (const char *next = database; *next; next++)
        quoted = talloc_asprintf_append(quoted, strchr("'\\", *next) ? "\\%c" : "%c", *next);
    return talloc_asprintf(server, "host=%s port=5432 user=postgres dbname='%s' connect_timeout=10", server->directory,
                           quoted);
}

const char *test_server_host(const struct test_server *server) { return server->directory; }

const char *test_server_binaries(const struct test_server *server) { return server->binaries; }

pid_t test_server_pid(const struct test_server *server) { return server->pid; }

void test_server_stop(struct test_server *server, enum test_stop how)
{
    static const int signals[] = {
        [TEST_STOP_FAST] = SIGINT, [TEST_STOP_IMMEDIATE] = SIGQUIT, [TEST_STOP_KILL] = SIGKILL};
    int64_t end_ms = now_ms() + STOP_TIMEOUT_MS;
    if (!server->pid)
        return;
    kill(server->pid, signals[how]);
    while (waitpid(server->pid, NULL, WNOHANG) == 0) {
        if (now_ms() >= end_ms)
            kill(server->pid, SIGKILL);
        pause_ms(2);
    }
    server->pid = 0;
}

void test_server_restart(struct test_server *server)
{
    test_server_stop(server, TEST_STOP_FAST);
    start(server);
}

/* ---- statements ---- */

void test_server_execute(struct test_server *server, const char *database, const char *statements)
{
    PGconn *connection = PQconnectdb(test_server_conninfo(server, database));
    PGresult *result = PQexec(connection, statements);
    ExecStatusType status = PQresultStatus(result);
    bool is_done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!is_done)
        print_error("%s\n%s", statements, PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    assert_true(is_done);
}

/* A statement about one database, its name quoted in place of %s. */
static void execute_on(struct test_server *server, const char *before, const char *name, const char *after)
{
    char *quoted = talloc_strdup(server, "");
    for (const char *next = name; *next; next++)
        quoted = talloc_asprintf_append(quoted, *next == '"' ? "\"\"" : "%c", *next);
    test_server_execute(server, "postgres", talloc_asprintf(server, "%s \"%s\" %s", before, quoted, after));
}

void test_server_create_database(struct test_server *server, const char *name)
{
    execute_on(server, "CREATE DATABASE", name, "TEMPLATE template0");
}

void test_server_drop_database(struct test_server *server, const char *name)
{
    execute_on(server, "DROP DATABASE IF EXISTS", name, "WITH (FORCE)");
}
