/* See binaries.h. The major version is read off the folder's name where packages put it there, because asking
 * the program costs more than everything else that finding a running cluster does. */
#include "store/cluster/binaries.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

/* Debian and Ubuntu, PGDG's rpms, Alpine, Homebrew on its three prefixes. */
const char *const binaries_patterns[] = {
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    NULL,
};

#define NOT_FOUND_HINT                                                                                                 \
    "Install the package postgresql (Debian, Ubuntu: apt-get install postgresql), or set server_binaries."

static bool has_program(const char *folder, const char *name)
{
    char *path = talloc_asprintf(NULL, "%s/%s", folder, name);
    bool is_there = access(path, X_OK) == 0;
    talloc_free(path);
    return is_there;
}

static bool has_server(const char *folder)
{
    return *folder == '/' && has_program(folder, "postgres") && has_program(folder, "initdb");
}

/* ---- what a program prints ---- */

static char *read_line(TALLOC_CTX *owner, int fd)
{
    char line[1024];
    size_t size = 0;
    while (size < sizeof line - 1) {
        ssize_t got = read(fd, line + size, sizeof line - 1 - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            break;
        size += (size_t)got;
    }
    line[size] = '\0';
    line[strcspn(line, "\n")] = '\0';
    return talloc_strdup(owner, line);
}

static bool spawn(pid_t *pid, char *const *arguments, int output)
{
    char language[] = "LC_ALL=C", path[] = "PATH=/usr/local/bin:/usr/bin:/bin";
    char *environment[] = {language, path, NULL};
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions))
        return false;
    bool ok = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) == 0 &&
              posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) == 0 &&
              posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) == 0 &&
              posix_spawn(pid, arguments[0], &actions, NULL, arguments, environment) == 0;
    posix_spawn_file_actions_destroy(&actions);
    return ok;
}

/* The first line that FOLDER/NAME WORD prints; NULL unless it ends well. */
static char *ask(TALLOC_CTX *owner, const char *folder, const char *name, const char *word)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return NULL;
    TALLOC_CTX *scope = talloc_new(NULL);
    char *arguments[] = {talloc_asprintf(scope, "%s/%s", folder, name), talloc_strdup(scope, word), NULL};
    pid_t pid = 0;
    bool is_running = spawn(&pid, arguments, ends[1]);
    talloc_free(scope);
    close(ends[1]);
    char *line = is_running ? read_line(owner, ends[0]) : NULL;
    close(ends[0]);
    int status = 0;
    while (is_running && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (line && status) {
        talloc_free(line);
        line = NULL;
    }
    return line;
}

char *binaries_version(TALLOC_CTX *owner, const char *folder, struct error *error)
{
    char *line = ask(owner, folder, "postgres", "--version"); /* postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1) */
    char *version = line ? line + strcspn(line, "0123456789") : NULL;
    if (!version || !*version) {
        error_set(error, ERROR_CLUSTER, "\"%s/postgres\" does not say its version", folder);
        error_hint(error, "Set server_binaries to the folder of a PostgreSQL server's programs.");
        talloc_free(line);
        return NULL;
    }
    version = talloc_strndup(owner, version, strspn(version, "0123456789."));
    talloc_free(line);
    return version;
}

/* ---- the search ---- */

/* From .../postgresql/15/bin, .../pgsql-15/bin, .../postgresql15, .../postgresql@15/bin; 0 elsewhere. */
static int major_of_folder(const char *folder)
{
    static const char *const before[] = {"/postgresql/", "/pgsql-", "/postgresql@", "/postgresql"};
    for (size_t i = 0; i < countof(before); i++) {
        const char *digits = strstr(folder, before[i]);
        char *end = NULL;
        long major = digits ? strtol(digits + strlen(before[i]), &end, 10) : 0;
        if (major > 0 && major < 1000 && (*end == '\0' || !strcmp(end, "/bin")))
            return (int)major;
    }
    return 0;
}

static int major_of(const char *folder)
{
    int major = major_of_folder(folder);
    if (major)
        return major;
    TALLOC_CTX *scope = talloc_new(NULL);
    const char *version = binaries_version(scope, folder, error_new(scope));
    major = version ? (int)strtol(version, NULL, 10) : 0;
    talloc_free(scope);
    return major;
}

static void add(TALLOC_CTX *owner, struct binaries **found, size_t *count, const char *folder)
{
    int major = has_server(folder) ? major_of(folder) : 0;
    if (!major)
        return;
    *found = talloc_realloc(owner, *found, struct binaries, (unsigned)*count + 1);
    size_t at = *count;
    for (; at > 0 && (*found)[at - 1].major < major; at--)
        (*found)[at] = (*found)[at - 1];
    (*found)[at] = (struct binaries){talloc_strdup(owner, folder), major};
    ++*count;
}

static void add_pattern(TALLOC_CTX *owner, struct binaries **found, size_t *count, const char *pattern)
{
    glob_t matches = {0};
    if (glob(pattern, 0, NULL, &matches) == 0)
        for (size_t i = 0; i < matches.gl_pathc; i++)
            add(owner, found, count, matches.gl_pathv[i]);
    globfree(&matches);
}

/* The first pg_config's folder of programs, and the folders of PATH themselves. */
static void add_path(TALLOC_CTX *owner, struct binaries **found, size_t *count, const char *path)
{
    TALLOC_CTX *scope = talloc_new(NULL);
    for (const char *next = path; next && *next && !*count;) {
        size_t length = strcspn(next, ":");
        const char *folder = talloc_strndup(scope, next, length);
        const char *configured = NULL;
        if (*folder == '/' && has_program(folder, "pg_config"))
            configured = ask(scope, folder, "pg_config", "--bindir");
        if (configured)
            add(owner, found, count, configured);
        if (!*count)
            add(owner, found, count, folder);
        next += length + (next[length] == ':');
    }
    talloc_free(scope);
}

struct binaries *binaries_find(TALLOC_CTX *owner, const struct binaries_places *places, size_t *count,
                               struct error *error)
{
    struct binaries *found = talloc_array(owner, struct binaries, 0);
    *count = 0;
    if (places->asked && *places->asked) {
        add(owner, &found, count, places->asked);
        if (*count)
            return found;
        error_set(error, ERROR_CLUSTER, "server_binaries: no PostgreSQL server programs (postgres, initdb) in \"%s\"",
                  places->asked);
        error_hint(
            error,
            "Set server_binaries to the absolute path of their folder, or leave it empty to have them looked for.");
        return NULL;
    }
    for (const char *const *pattern = places->patterns; *pattern; pattern++)
        add_pattern(owner, &found, count, *pattern);
    if (!*count)
        add_path(owner, &found, count, places->path);
    if (*count)
        return found;
    error_set(error, ERROR_CLUSTER, "no PostgreSQL server programs found");
    error_hint(error, NOT_FOUND_HINT);
    return NULL;
}
