/* Which files of a project are looked at for secrets. See ../secrets.h. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "migrate/secrets/scan.h"
#include "store/disk.h"

enum { TEXT_BYTES = 1024 * 1024, SNIFF_BYTES = 8192, DEPTH_MOST = 64, FILES_MOST = 50000 };

struct walking {
    const struct secrets_walk *walk;
    const char *project; /* real path, with / at its end */
    size_t left_out, count;
    struct error *error;
};

static bool is_cancelled(struct walking *walking)
{
    if (!cancel_is_requested(walking->walk->cancel))
        return false;
    error_set(walking->error, ERROR_CANCELLED, "cancelled while files were read");
    return true;
}

/* Whether it lies in the project when all links are followed. */
static bool is_inside(const struct walking *walking, const char *path)
{
    char *real = realpath(path, NULL);
    bool is_in = real && !strncmp(real, walking->project, strlen(walking->project));
    free(real);
    return is_in;
}

static bool is_binary(const char *bytes, size_t size_bytes)
{
    return memchr(bytes, '\0', size_bytes < SNIFF_BYTES ? size_bytes : SNIFF_BYTES) != NULL;
}

static void look_at(struct walking *walking, const char *name)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const struct settings *settings = walking->walk->settings;
    struct error *ignored = error_new(memory);
    char *path = talloc_asprintf(memory, "%s%s", walking->project, name), *bytes;
    size_t size_bytes;
    struct stat status;
    int64_t limit = scan_kind_of(name) == SCAN_SQL ? settings_number(settings, SETTING_file_size) : TEXT_BYTES;
    /* What is deleted, a submodule or a link to nothing is no file. */
    bool is_file = stat(path, &status) == 0 && S_ISREG(status.st_mode);
    if (is_file && is_inside(walking, path) &&
        disk_read(memory, AT_FDCWD, path, name, limit, &bytes, &size_bytes, ignored) && !is_binary(bytes, size_bytes)) {
        struct secrets_findings findings;
        secrets_scan(memory, name, bytes, size_bytes, &findings);
        walking->walk->on_file(walking->walk->listener, name, &findings);
    } else if (is_file) {
        walking->left_out++;
    }
    talloc_free(memory);
}

/* ---- without git ---- */

static bool is_passed_over(const char *name)
{
    static const char *const names[] = {".git",   ".hg",         ".svn", "node_modules", "build",      "dist",
                                        "target", ".venv",       "venv", "__pycache__",  ".tox",       ".cache",
                                        ".idea",  ".mypy_cache", "logs", "vendor",       ".terraform", NULL};
    for (size_t i = 0; names[i]; i++)
        if (!strcmp(name, names[i]))
            return true;
    return false;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The entries of a folder by name. Owner: `owner`. */
static char **list_folder(TALLOC_CTX *owner, const char *path, size_t *count)
{
    char **names = NULL;
    DIR *folder = opendir(path);
    *count = 0;
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
            continue;
        names = talloc_realloc(owner, names, char *, (unsigned)*count + 1);
        names[(*count)++] = talloc_strdup(owner, entry->d_name);
    }
    if (folder)
        closedir(folder);
    if (*count)
        qsort(names, *count, sizeof *names, compare_names);
    return names;
}

static void take_file(struct walking *walking, const char *name)
{
    if (walking->count++ < FILES_MOST)
        look_at(walking, name);
    else
        walking->left_out++;
}

static bool walk_folder(struct walking *walking, const char *prefix, int depth)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    size_t count;
    char **names = list_folder(memory, talloc_asprintf(memory, "%s%s", walking->project, prefix), &count);
    bool ok = true;
    for (size_t i = 0; ok && i < count; i++) {
        struct stat status;
        char *name = talloc_asprintf(memory, "%s%s", prefix, names[i]);
        ok = !is_cancelled(walking);
        if (lstat(talloc_asprintf(memory, "%s%s", walking->project, name), &status) != 0)
            continue;
        if (ok && S_ISDIR(status.st_mode) && depth < DEPTH_MOST && !is_passed_over(names[i]))
            ok = walk_folder(walking, talloc_asprintf(memory, "%s/", name), depth + 1);
        /* A .env that no git could commit is where secrets belong. */
        else if (ok && S_ISREG(status.st_mode) && !(!strncmp(names[i], ".env", 4) && scan_is_strict(name)))
            take_file(walking, name);
    }
    talloc_free(memory);
    return ok;
}

static bool walk_names(struct walking *walking, const struct git_names *names)
{
    for (size_t i = 0; i < names->count; i++) {
        if (is_cancelled(walking))
            return false;
        if (strncmp(names->items[i], "../", 3) != 0)
            look_at(walking, names->items[i]);
    }
    return true;
}

bool secrets_look(const struct secrets_walk *walk, size_t *left_out, struct error *error)
{
    char *real = realpath(settings_directory(walk->settings), NULL);
    char *project = talloc_asprintf(NULL, "%s/", real ? real : settings_directory(walk->settings));
    struct walking walking = {.walk = walk, .project = project, .error = error};
    free(real);
    bool ok = walk->names ? walk_names(&walking, walk->names) : walk_folder(&walking, "", 0);
    *left_out = walking.left_out;
    talloc_free(project);
    return ok;
}
