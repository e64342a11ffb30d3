/* See paths.h. */
#include "store/cluster/paths.h"

#include <errno.h>
#include <pwd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/un.h>
#include <unistd.h>

#include "store/cluster/binaries.h"
#include "store/digest.h"
#include "store/disk.h"

/* A scratch cluster has about 30 MB, a database 8 MB (measured); below this, memory is left to others. */
#define MEMORY_ROOM_BYTES (256LL * 1024 * 1024)

/* Of how a scratch cluster is laid out: its folder's name has it, so that one of another format is another cluster. */
#define SCRATCH_FORMAT "6"

/* A file may name any role: that of the scratch cluster's superuser is one that none will. */
static const char *const superusers[] = {
    [CLUSTER_EMBEDDED] = "pgdeck",
    [CLUSTER_SCRATCH] = "pgdeck_scratch_superuser",
};

/* ---- whose ---- */

static bool find_user(TALLOC_CTX *owner, const char *name, uid_t uid, struct passwd *user)
{
    size_t size_bytes = 16384;
    char *buffer = talloc_array(owner, char, (unsigned)size_bytes);
    struct passwd *found = NULL;
    int failed =
        name ? getpwnam_r(name, user, buffer, size_bytes, &found) : getpwuid_r(uid, user, buffer, size_bytes, &found);
    return !failed && found;
}

/* PostgreSQL refuses to run as root. */
static bool choose_user(struct paths *paths, struct error *error)
{
    struct passwd user;
    paths->uid = geteuid();
    paths->gid = getegid();
    if (paths->uid) {
        bool is_named = find_user(paths, NULL, paths->uid, &user);
        paths->owner = is_named ? user.pw_name : talloc_asprintf(paths, "%lu", (unsigned long)paths->uid);
        return true;
    }
    if (!find_user(paths, "postgres", 0, &user)) {
        if (!find_user(paths, "nobody", 0, &user)) {
            error_set(error, ERROR_CLUSTER,
                      "neither the user \"postgres\" nor \"nobody\" exists, and a server cannot run as root");
            return error_hint(error, "Install the package postgresql, or run pgdeck as an ordinary user.");
        }
        paths->owner_note = "there is no user \"postgres\"";
    }
    paths->owner = user.pw_name;
    paths->uid = user.pw_uid;
    paths->gid = user.pw_gid;
    return true;
}

/* ---- where ---- */

static const char *home(TALLOC_CTX *owner, const struct settings *settings)
{
    struct passwd user;
    const char *directory = settings_variable(settings, SCOPE_ENVIRONMENT, "HOME", NULL);
    if (!directory && find_user(owner, NULL, geteuid(), &user))
        directory = user.pw_dir;
    return directory && *directory == '/' ? directory : NULL;
}

/* An XDG base folder: a relative one must be ignored (XDG Base Directory Specification). */
static const char *user_base(TALLOC_CTX *owner, const struct settings *settings, const char *variable,
                             const char *below_home, struct error *error)
{
    const char *base = settings_variable(settings, SCOPE_ENVIRONMENT, variable, NULL);
    if (base && *base == '/')
        return talloc_asprintf(owner, "%s/pgdeck", base);
    const char *directory = home(owner, settings);
    if (directory)
        return talloc_asprintf(owner, "%s/%s/pgdeck", strcmp(directory, "/") ? directory : "", below_home);
    error_set(error, ERROR_CLUSTER, "there is no folder for the private cluster: this user has no home");
    error_hint(error, "Set HOME or %s to a folder that can be written.", variable);
    return NULL;
}

static const char *embedded_base(TALLOC_CTX *owner, const struct settings *settings, struct error *error)
{
    return geteuid() ? user_base(owner, settings, "XDG_STATE_HOME", ".local/state", error) : "/var/lib/pgdeck";
}

static bool is_traversable(const struct stat *status, const struct paths *paths)
{
    mode_t bit = status->st_uid == paths->uid ? S_IXUSR : status->st_gid == paths->gid ? S_IXGRP : S_IXOTH;
    return status->st_mode & bit;
}

static bool may_pass(const struct paths *paths, const char *folder)
{
    struct stat status;
    return stat(folder, &status) == 0 && is_traversable(&status, paths);
}

static bool has_room(const char *folder)
{
    struct statvfs room;
    return access(folder, W_OK | X_OK) == 0 && statvfs(folder, &room) == 0 &&
           (int64_t)room.f_bavail * (int64_t)room.f_frsize >= MEMORY_ROOM_BYTES;
}

/* In memory where there is room, or where it already is: the answer must not change while it fills up. Root's server
 * runs as another user, who has no business in root's runtime folder. */
static bool place_scratch(struct paths *paths, const struct settings *settings, struct error *error)
{
    const char *runtime = settings_variable(settings, SCOPE_ENVIRONMENT, "XDG_RUNTIME_DIR", NULL);
    const char *const memory[] = {"/dev/shm", geteuid() && runtime && *runtime == '/' ? runtime : NULL};
    struct stat status;
    for (size_t i = 0; i < countof(memory) && memory[i]; i++) {
        paths->base = talloc_strdup(paths, memory[i]);
        paths->directory = talloc_asprintf(paths, "%s/pgdeck-%lu-scratch" SCRATCH_FORMAT "-%d", memory[i],
                                           (unsigned long)geteuid(), paths->major);
        if (lstat(paths->directory, &status) == 0 || (has_room(memory[i]) && may_pass(paths, memory[i])))
            return true;
    }
    paths->base = geteuid() ? user_base(paths, settings, "XDG_CACHE_HOME", ".cache", error) : "/var/cache/pgdeck";
    if (paths->base)
        paths->directory = talloc_asprintf(paths, "%s/scratch" SCRATCH_FORMAT "-%d", paths->base, paths->major);
    return paths->base;
}

static void name_files(struct paths *paths)
{
    paths->data_directory = talloc_asprintf(paths, "%s/data", paths->directory);
    paths->log_file = talloc_asprintf(paths, "%s/server.log", paths->directory);
    paths->start_lock = talloc_asprintf(paths, "%s/start.lock", paths->directory);
    paths->users_lock = talloc_asprintf(paths, "%s/users.lock", paths->directory);
    paths->keeper_lock = talloc_asprintf(paths, "%s/keeper.lock", paths->directory);
    paths->keep_file = talloc_asprintf(paths, "%s/keep", paths->directory);
    paths->socket = talloc_asprintf(paths, "%s/.s.PGSQL.%d", paths->socket_directory, PATHS_PORT);
}

/* The folder's own name is part of the path, so its hash tells all clusters of all users apart. */
static bool place_socket(struct paths *paths, struct error *error)
{
    unsigned long long key = (unsigned long long)digest_key(paths->directory, strlen(paths->directory));
    paths->socket_directory = talloc_asprintf(paths, "/tmp/pgdeck-%lu-%016llx", (unsigned long)paths->uid, key);
    name_files(paths);
    size_t limit = sizeof((struct sockaddr_un *)NULL)->sun_path - 1;
    if (strlen(paths->socket) > limit)
        return error_set(error, ERROR_CLUSTER, "the socket's path \"%s\" has more than %zu bytes", paths->socket,
                         limit);
    return true;
}

struct paths *paths_of_folders(TALLOC_CTX *owner, enum cluster_kind kind, const char *directory,
                               const char *socket_directory)
{
    struct paths *paths = talloc_zero(owner, struct paths);
    paths->kind = kind;
    paths->superuser = superusers[kind];
    paths->directory = talloc_strdup(paths, directory);
    paths->socket_directory = talloc_strdup(paths, socket_directory);
    name_files(paths);
    return paths;
}

/* ---- which version ---- */

static char *embedded_prefix(TALLOC_CTX *owner, const char *base, const struct settings *settings)
{
    const char *project = settings_directory(settings);
    return talloc_asprintf(owner, "%s/embedded-%016llx-", base,
                           (unsigned long long)digest_key(project, strlen(project)));
}

static bool has_data(const char *prefix, int major)
{
    char *path = talloc_asprintf(NULL, "%s%d/data/PG_VERSION", prefix, major);
    bool is_there = access(path, F_OK) == 0;
    talloc_free(path);
    return is_there;
}

/* The newest version that left data behind, or 0. */
static int newest_data(const char *prefix)
{
    int major = 99;
    while (major > 0 && !has_data(prefix, major))
        major--;
    return major;
}

/* A project's data stay with the version that made them. */
static const struct binaries *choose_version(const char *prefix, const struct binaries *found, size_t count,
                                             struct error *error)
{
    for (size_t i = 0; i < count; i++)
        if (has_data(prefix, found[i].major))
            return &found[i];
    int major = newest_data(prefix);
    if (!major)
        return &found[0];
    error_set(error, ERROR_CLUSTER,
              "the embedded cluster of this project was made by PostgreSQL %d, whose server programs are not here",
              major);
    error_hint(error, "Install the package postgresql-%d, or delete \"%s%d\" to start with an empty cluster.", major,
               prefix, major);
    return NULL;
}

static bool place_embedded(struct paths *paths, const struct settings *settings, const struct binaries *found,
                           size_t count, struct error *error)
{
    paths->base = embedded_base(paths, settings, error);
    if (!paths->base)
        return false;
    const char *prefix = embedded_prefix(paths, paths->base, settings);
    const struct binaries *chosen = choose_version(prefix, found, count, error);
    if (!chosen)
        return false;
    paths->binaries = chosen->folder;
    paths->major = chosen->major;
    paths->directory = talloc_asprintf(paths, "%s%d", prefix, chosen->major);
    return true;
}

static const struct binaries *of_major(const struct binaries *found, size_t count, int major)
{
    for (size_t i = 0; i < count; i++)
        if (found[i].major == major)
            return &found[i];
    return &found[0];
}

static bool fill(struct paths *paths, const struct settings *settings, int major, struct error *error)
{
    const struct binaries_places places = {
        .asked = settings_text(settings, SETTING_server_binaries),
        .patterns = binaries_patterns,
        .path = settings_variable(settings, SCOPE_ENVIRONMENT, "PATH", NULL),
    };
    size_t count;
    const struct binaries *found = binaries_find(paths, &places, &count, error);
    if (!found || !choose_user(paths, error))
        return false;
    const struct binaries *chosen = of_major(found, count, major);
    paths->binaries = chosen->folder;
    paths->major = chosen->major;
    paths->linger_ms = settings_number(settings, SETTING_cluster_linger);
    bool is_placed = paths->kind == CLUSTER_EMBEDDED ? place_embedded(paths, settings, found, count, error)
                                                     : place_scratch(paths, settings, error);
    return is_placed && place_socket(paths, error);
}

struct paths *paths_find(TALLOC_CTX *owner, const struct settings *settings, enum cluster_kind kind, int major,
                         struct error *error)
{
    struct paths *paths = talloc_zero(owner, struct paths);
    paths->kind = kind;
    paths->superuser = superusers[kind];
    if (fill(paths, settings, major, error))
        return paths;
    talloc_free(paths);
    return NULL;
}

/* ---- folders ---- */

bool paths_is_ours(const struct paths *paths, const char *folder)
{
    struct stat status;
    return lstat(folder, &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == paths->uid &&
           !(status.st_mode & 077);
}

/* Root's own folder is one that it made and had no time to hand over. */
static bool hand_over(const struct paths *paths, const char *folder)
{
    struct stat status;
    return geteuid() != paths->uid && lstat(folder, &status) == 0 && S_ISDIR(status.st_mode) &&
           status.st_uid == geteuid() && lchown(folder, paths->uid, paths->gid) == 0;
}

static bool claim_folder(const struct paths *paths, const char *folder, struct error *error)
{
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        return error_set(error, ERROR_CLUSTER, "cannot make the folder \"%s\": %s", folder, strerror(errno));
    if (paths_is_ours(paths, folder) || (hand_over(paths, folder) && paths_is_ours(paths, folder)))
        return true;
    error_set(error, ERROR_CLUSTER, "\"%s\" is not a folder of the user \"%s\" alone; it is not used", folder,
              paths->owner);
    return error_hint(error, "Find out who made it, then remove it: whoever can write there can pose as the server.");
}

/* The kernel can only be asked for the caller's own rights; root asks for another user, so the modes are read. */
static bool check_parents(const struct paths *paths, const char *path, struct error *error)
{
    char *copy = talloc_strdup(NULL, path);
    bool ok = true;
    for (char *slash = copy + 1; ok && (slash = strchr(slash, '/')); slash++) {
        struct stat status;
        *slash = '\0';
        ok = stat(copy, &status) == 0 && is_traversable(&status, paths);
        if (!ok) {
            error_set(error, ERROR_CLUSTER, "the server's user \"%s\" cannot pass through the folder \"%s\"",
                      paths->owner, copy);
            error_hint(
                error,
                "Give it the right to (chmod a+x), or set server_binaries to another place if the programs are there.");
        }
        *slash = '/';
    }
    talloc_free(copy);
    return ok;
}

/* Anyone may pass through root's: the cluster's own folder keeps them out. */
static bool make_base(const struct paths *paths, struct error *error)
{
    struct stat status;
    if (stat(paths->base, &status) == 0)
        return true;
    if (disk_make_folders(paths->base, error) && chmod(paths->base, geteuid() ? 0700 : 0755) == 0)
        return true;
    error_set(error, ERROR_CLUSTER, "the private cluster has no place: %s",
              error->message ? error->message : paths->base);
    return error_hint(error, "Make it writable, or set %s to a folder that is.",
                      paths->kind == CLUSTER_EMBEDDED ? "XDG_STATE_HOME" : "XDG_CACHE_HOME");
}

bool paths_prepare(const struct paths *paths, struct error *error)
{
    return make_base(paths, error) && claim_folder(paths, paths->directory, error) &&
           claim_folder(paths, paths->socket_directory, error);
}

bool paths_check_reach(const struct paths *paths, struct error *error)
{
    if (geteuid() == paths->uid)
        return true;
    char *program = talloc_asprintf(NULL, "%s/postgres", paths->binaries);
    bool ok = check_parents(paths, paths->data_directory, error) && check_parents(paths, program, error);
    talloc_free(program);
    return ok;
}

bool paths_is_made(const struct paths *paths)
{
    static const char *const needed[] = {"PG_VERSION", "global/pg_control"};
    bool is_made = true;
    for (size_t i = 0; i < countof(needed); i++) {
        char *path = talloc_asprintf(NULL, "%s/%s", paths->data_directory, needed[i]);
        is_made = is_made && access(path, F_OK) == 0;
        talloc_free(path);
    }
    return is_made;
}
