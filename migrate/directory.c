/* See directory.h. Names are taken in byte order, so that the first defect is always the same one; each file is read
 * once and takes its place by version. */
#include "migrate/directory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Of the folder while it is read. */
struct reading {
    struct directory *directory;
    int fd;
    const char *root; /* real path of the folder */
    int64_t limit_bytes;
    char **names;
    size_t name_count, file_room, finding_room;
};

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool ends_in(const char *name, const char *ending)
{
    size_t length = strlen(name), size = strlen(ending);
    return length > size && strcasecmp(name + length - size, ending) == 0;
}

static bool fail(struct error *error, const char *shown, int number)
{
    error_set(error, ERROR_FILE, "cannot read the folder \"%s\": %s", shown, strerror(number));
    return error_place(error, shown, 0, 0);
}

/* Room for one more; grows by doubling. */
static void *grow(TALLOC_CTX *owner, void *items, size_t count, size_t *room, size_t size_bytes)
{
    if (count < *room)
        return items;
    *room = *room ? *room * 2 : 64;
    items = talloc_realloc_size(owner, items, *room * size_bytes);
    if (!items)
        abort();
    return items;
}

/* Opens the folder. Returns false with no error set where there is none. */
static bool open_folder(struct reading *reading, struct error *error)
{
    const char *path = reading->directory->path;
    reading->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int number = errno;
    char *real = reading->fd >= 0 ? realpath(path, NULL) : NULL;
    if (real) {
        reading->root = talloc_strdup(reading->directory, real);
        free(real);
        return true;
    }
    number = reading->fd >= 0 ? errno : number;
    struct stat status;
    if (number == ENOENT && lstat(path, &status) != 0)
        return false;
    return fail(error, reading->directory->shown, number);
}

/* Collects the names that may be migrations: those that end in .sql in any case, hidden ones left out. */
static bool list_names(struct reading *reading, struct error *error)
{
    int copy = fcntl(reading->fd, F_DUPFD_CLOEXEC, 0);
    DIR *folder = copy >= 0 ? fdopendir(copy) : NULL;
    if (!folder) {
        int number = errno;
        if (copy >= 0)
            close(copy);
        return fail(error, reading->directory->shown, number);
    }
    size_t room = 0;
    struct dirent *entry;
    while (errno = 0, entry = readdir(folder)) {
        const char *name = entry->d_name;
        if (*name == '.' || !ends_in(name, ".sql"))
            continue;
        size_t length = strlen(name);
        if (length > 9 && strcmp(name + length - 9, ".down.sql") == 0) {
            reading->directory->down_count++;
            continue;
        }
        reading->names = grow(reading->directory, reading->names, reading->name_count, &room, sizeof *reading->names);
        reading->names[reading->name_count++] = talloc_strdup(reading->names, name);
    }
    int number = errno;
    closedir(folder);
    if (number)
        return fail(error, reading->directory->shown, number);
    if (reading->name_count)
        qsort(reading->names, reading->name_count, sizeof *reading->names, compare_names);
    return true;
}

/* The index of the first file whose version is not below `number`. */
static size_t position_of(const struct directory *directory, int64_t number)
{
    size_t low = 0, high = directory->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (directory->files[middle]->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool add_file(struct reading *reading, struct migration_file *file, struct error *error)
{
    struct directory *directory = reading->directory;
    size_t position = position_of(directory, file->number);
    if (position < directory->count && directory->files[position]->number == file->number) {
        error_set(error, ERROR_PROJECT, "\"%s\" and \"%s\" have the same version, %lld",
                  directory->files[position]->name, file->name, (long long)file->number);
        error_hint(error,
                   "Give one of them the next free version; versions compare as numbers, so that 1 and 001 are one.");
        return error_place(error, file->path, 0, 0);
    }
    directory->files =
        grow(directory, directory->files, directory->count, &reading->file_room, sizeof *directory->files);
    memmove(directory->files + position + 1, directory->files + position,
            (directory->count - position) * sizeof *directory->files);
    directory->files[position] = file;
    directory->count++;
    return true;
}

static bool take_file(struct reading *reading, const char *name, struct error *error)
{
    struct directory *directory = reading->directory;
    struct migration_file *file =
        file_read(directory, reading->fd, reading->root, directory->shown, name, reading->limit_bytes, error);
    if (file && add_file(reading, file, error))
        return true;
    talloc_free(file);
    return false;
}

static void add_finding(struct reading *reading, const struct migration_file *file, const char *message,
                        const char *hint)
{
    struct directory *directory = reading->directory;
    directory->findings = grow(directory, directory->findings, directory->finding_count, &reading->finding_room,
                               sizeof *directory->findings);
    directory->findings[directory->finding_count++] =
        (struct directory_finding){.message = message, .file = file->path, .hint = hint};
}

static bool is_house_style(const char *description)
{
    for (const char *c = description; *c; c++)
        if (!(*c >= 'a' && *c <= 'z') && !(*c >= '0' && *c <= '9') && *c != '_')
            return false;
    return true;
}

static size_t digits_of(int64_t number)
{
    size_t count = 1;
    for (; number >= 10; number /= 10)
        count++;
    return count;
}

/* What the counter of a file says beside the one before it: a gap, or another width. */
static void find_in_counter(struct reading *reading, const struct migration_file *first,
                            const struct migration_file *before, const struct migration_file *file)
{
    struct directory *directory = reading->directory;
    int width = (int)strlen(first->version);
    if (file->number > before->number + 1) {
        int64_t from = before->number + 1, to = file->number - 1;
        char *message = from == to ? talloc_asprintf(directory, "no file has version %0*lld", width, (long long)from)
                                   : talloc_asprintf(directory, "no file has a version from %0*lld to %0*lld", width,
                                                     (long long)from, width, (long long)to);
        add_finding(reading, file, message,
                    "Number the files without gaps; a file that was applied keeps its version.");
    }
    size_t digits = digits_of(file->number);
    size_t expected = digits > (size_t)width ? digits : (size_t)width;
    if (strlen(file->version) != expected)
        add_finding(reading, file,
                    talloc_asprintf(directory, "version %s is not as wide as %s", file->version, first->version),
                    "Write all counters with the same number of digits, so that files sort as they run.");
}

static void find(struct reading *reading)
{
    struct directory *directory = reading->directory;
    const struct migration_file *first = NULL, *before = NULL;
    for (size_t i = 0; i < directory->count; i++) {
        const struct migration_file *file = directory->files[i];
        if (!is_house_style(file->description))
            add_finding(
                reading, file,
                talloc_asprintf(directory, "the description \"%s\" is not in the house style", file->description),
                "Use lower-case letters, digits and underscores.");
        if (directory_is_timestamp(file->number))
            continue;
        first = first ? first : file;
        find_in_counter(reading, first, before ? before : file, file);
        before = file;
    }
}

/* The folder as a person knows it: relative to the project where it lies in it. */
static const char *shown_of(const char *path, const char *project)
{
    size_t length = strlen(project);
    while (length > 0 && project[length - 1] == '/')
        length--;
    if (strncmp(path, project, length) != 0 || (path[length] != '/' && path[length] != '\0'))
        return path;
    path += length;
    while (*path == '/' || (path[0] == '.' && path[1] == '/'))
        path++;
    return *path ? path : ".";
}

/* Opens and lists. *reading gets a directory owned by `owner`; its descriptor is -1 where there is no folder. */
static bool begin(TALLOC_CTX *owner, const struct settings *settings, struct reading *reading, struct error *error)
{
    struct directory *directory = talloc_zero(owner, struct directory);
    char *path = settings_path(directory, settings, SETTING_migrations);
    for (size_t length = strlen(path); length > 1 && path[length - 1] == '/'; length--)
        path[length - 1] = '\0';
    directory->path = path;
    directory->shown = talloc_strdup(directory, shown_of(path, settings_directory(settings)));
    *reading =
        (struct reading){.directory = directory, .fd = -1, .limit_bytes = settings_number(settings, SETTING_file_size)};
    if (!open_folder(reading, error))
        return !error_is_set(error);
    directory->exists = true;
    return list_names(reading, error);
}

static void end(struct reading *reading)
{
    if (reading->fd >= 0)
        close(reading->fd);
    talloc_free(reading->names);
    find(reading);
}

struct directory *directory_read(TALLOC_CTX *owner, const struct settings *settings, struct error *error)
{
    struct reading reading;
    bool ok = begin(owner, settings, &reading, error);
    for (size_t i = 0; ok && i < reading.name_count; i++)
        ok = take_file(&reading, reading.names[i], error);
    end(&reading);
    if (ok)
        return reading.directory;
    talloc_free(reading.directory);
    return NULL;
}

static void keep_error(TALLOC_CTX *owner, struct directory_errors *errors, size_t *room, struct error **error)
{
    errors->items = grow(owner, errors->items, errors->count, room, sizeof *errors->items);
    errors->items[errors->count++] = *error;
    *error = error_new(owner);
}

struct directory *directory_survey(TALLOC_CTX *owner, const struct settings *settings, struct directory_errors *errors)
{
    struct reading reading;
    struct error *error = error_new(owner);
    size_t room = 0;
    *errors = (struct directory_errors){0};
    if (!begin(owner, settings, &reading, error))
        keep_error(owner, errors, &room, &error);
    for (size_t i = 0; i < reading.name_count; i++)
        if (!take_file(&reading, reading.names[i], error))
            keep_error(owner, errors, &room, &error);
    talloc_free(error);
    end(&reading);
    return reading.directory;
}

struct migration_file *directory_find(const struct directory *directory, int64_t number)
{
    size_t position = position_of(directory, number);
    bool is_there = position < directory->count && directory->files[position]->number == number;
    return is_there ? directory->files[position] : NULL;
}

bool directory_is_timestamp(int64_t number)
{
    /* Seconds or milliseconds since 1970, from 2001 to 2096. */
    if ((number >= 1000000000 && number < 4000000000) || (number >= 1000000000000 && number < 4000000000000))
        return true;
    if (number < 10000000)
        return false;
    while (number > 99999999)
        number /= 10;
    int64_t year = number / 10000, month = number / 100 % 100, day = number % 100;
    return year >= 1900 && year < 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* As many digits of the time as the widest version has: 14 at least, with fractions of the second behind; above the
 * highest in any case. */
static char *next_timestamp(TALLOC_CTX *owner, int64_t highest, int64_t wall_us)
{
    time_t seconds = (time_t)(wall_us / 1000000);
    struct tm parts;
    gmtime_r(&seconds, &parts);
    int64_t number = (parts.tm_year + 1900LL) * 100 + parts.tm_mon + 1;
    number = (number * 100 + parts.tm_mday) * 100 + parts.tm_hour;
    number = (number * 100 + parts.tm_min) * 100 + parts.tm_sec;
    int64_t scale = 100000;
    for (size_t digits = 14; digits < digits_of(highest); digits++, scale /= 10)
        number = number * 10 + wall_us % 1000000 / scale % 10;
    return talloc_asprintf(owner, "%lld", (long long)(number > highest ? number : highest + 1));
}

char *directory_next_version(TALLOC_CTX *owner, const struct directory *directory, int64_t wall_us)
{
    int64_t highest = directory->count ? directory->files[directory->count - 1]->number : 0;
    if (directory_is_timestamp(highest))
        return next_timestamp(owner, highest, wall_us);
    int width = 3;
    for (size_t i = 0; i < directory->count; i++)
        if ((int)strlen(directory->files[i]->version) > width)
            width = (int)strlen(directory->files[i]->version);
    return talloc_asprintf(owner, "%0*lld", width, (long long)highest + 1);
}
