/* The models of a folder: which files, in which order; see model_load. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "store/disk.h"
#include "store/model.h"

enum { DEEPEST = 8 }; /* folders below the folder */

struct folder {
    TALLOC_CTX *memory;
    const char *root; /* real path */
    const char *shown;
    char **names; /* relative to the root */
    size_t count;
};

static bool fail(const struct folder *folder, const char *name, const char *why, struct error *error)
{
    const char *shown = *name ? talloc_asprintf(folder->memory, "%s/%s", folder->shown, name) : folder->shown;
    error_set(error, ERROR_FILE, "cannot read \"%s\": %s", shown, why);
    return error_place(error, shown, 0, 0);
}

static bool has_ending(const char *name, const char *ending)
{
    size_t length = strlen(name), size = strlen(ending);
    return length > size && !strcmp(name + length - size, ending);
}

static bool is_yaml(const char *name) { return has_ending(name, ".yaml") || has_ending(name, ".yml"); }

static void add_name(struct folder *folder, const char *name)
{
    folder->names = talloc_realloc_size(folder->memory, folder->names, (folder->count + 1) * sizeof *folder->names);
    if (!folder->names)
        abort();
    folder->names[folder->count++] = talloc_strdup(folder->names, name);
}

/* A link must not lead out: what it names would be read, and quoted in errors. */
static bool check_link(const struct folder *folder, const char *name, const char *path, struct error *error)
{
    char *real = realpath(path, NULL);
    if (!real)
        return fail(folder, name, strerror(errno), error);
    size_t length = strlen(folder->root);
    bool is_inside = !strncmp(real, folder->root, length) && real[length] == '/';
    free(real);
    return is_inside || fail(folder, name, "the link leads out of the folder", error);
}

static bool walk(struct folder *folder, const char *below, int depth, struct error *error);

static bool take_entry(struct folder *folder, const char *name, int depth, struct error *error)
{
    struct stat status;
    char *path = talloc_asprintf(folder->memory, "%s/%s", folder->root, name);
    bool is_model = is_yaml(name) || has_ending(name, ".sql");
    if (lstat(path, &status) < 0)
        return fail(folder, name, strerror(errno), error);
    if (S_ISDIR(status.st_mode))
        return walk(folder, name, depth + 1, error);
    if (!is_model)
        return true;
    if (S_ISLNK(status.st_mode) && !check_link(folder, name, path, error))
        return false;
    add_name(folder, name);
    return true;
}

static bool walk(struct folder *folder, const char *below, int depth, struct error *error)
{
    if (depth > DEEPEST)
        return fail(folder, below, "folders are nested too deeply", error);
    char *path = talloc_asprintf(folder->memory, "%s/%s", folder->root, below);
    DIR *directory = opendir(path);
    if (!directory)
        return fail(folder, below, strerror(errno), error);
    bool ok = true;
    for (struct dirent *entry; ok && (entry = readdir(directory));) {
        if (entry->d_name[0] == '.')
            continue;
        const char *name = *below ? talloc_asprintf(folder->memory, "%s/%s", below, entry->d_name) : entry->d_name;
        ok = take_entry(folder, name, depth, error);
    }
    closedir(directory);
    return ok;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool read_files(const struct folder *folder, int64_t limit_bytes, struct model_input *inputs,
                       size_t *input_count, struct error *error)
{
    for (size_t i = 0; i < folder->count; i++) {
        if (!is_yaml(folder->names[i]))
            continue;
        char *path = talloc_asprintf(folder->memory, "%s/%s", folder->root, folder->names[i]), *bytes;
        char *shown = talloc_asprintf(folder->memory, "%s/%s", folder->shown, folder->names[i]);
        struct model_input *input = &inputs[*input_count];
        if (!disk_read(folder->memory, AT_FDCWD, path, shown, limit_bytes, &bytes, &input->size_bytes, error))
            return false;
        input->file = shown;
        input->bytes = bytes;
        input->documents = MODEL_ONE_DOCUMENT;
        ++*input_count;
    }
    return true;
}

static void list_sql(const struct folder *folder, struct model *model)
{
    const char **names = talloc_zero_size(model, (folder->count + 1) * sizeof *names);
    if (!names)
        abort();
    for (size_t i = 0; i < folder->count; i++)
        if (!is_yaml(folder->names[i]))
            names[model->sql_files.count++] = talloc_strdup(model, folder->names[i]);
    model->sql_files.items = names;
}

struct model *model_load(TALLOC_CTX *owner, const char *path, const char *shown, int64_t limit_bytes,
                         struct error *error)
{
    struct folder folder = {.memory = talloc_new(NULL), .shown = shown};
    char *root = realpath(path, NULL);
    struct model *model = NULL;
    size_t count = 0;
    bool ok = root || fail(&folder, "", strerror(errno), error);
    folder.root = root;
    ok = ok && walk(&folder, "", 0, error);
    if (ok && folder.count > 1)
        qsort(folder.names, folder.count, sizeof *folder.names, compare_names);
    struct model_input *inputs = talloc_zero_size(folder.memory, (folder.count + 1) * sizeof *inputs);
    if (ok && read_files(&folder, limit_bytes, inputs, &count, error)) {
        model = model_parse(owner, inputs, count);
        list_sql(&folder, model);
    }
    talloc_free(folder.memory);
    free(root);
    return model;
}
