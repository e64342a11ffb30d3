/* See disk.h. */
#include "store/disk.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define MOST_BYTES ((256 << 20) - 1) /* source: MAX_TALLOC_SIZE, less the NUL */

/* What a person can do about the commonest refusals of the system. */
static const struct {
    int number;
    const char *text;
} hints[] = {
    {ENOENT, "Is the path right? `pgdeck settings` shows where it comes from."},
    {ELOOP, "It is a link that leads to itself, or may not be followed."},
    {ENOTDIR, "A part of the path is a file."},
    {EACCES, "Look at the permissions of the file and of the folders above it."},
    {EPERM, "Look at the permissions of the file and of the folders above it."},
    {ENOSPC, "The disk is full: make room, then try again."},
    {EDQUOT, "The quota is used up: make room, then try again."},
    {EROFS, "The file system takes no writes."},
    {EEXIST, "A file of that name is there already; it was left alone."},
};

static bool fail(struct error *error, const char *what, const char *shown)
{
    int number = errno;
    error_set(error, ERROR_FILE, "cannot %s \"%s\": %s", what, shown, strerror(number));
    for (size_t i = 0; i < countof(hints); i++)
        if (hints[i].number == number)
            error_hint(error, "%s", hints[i].text);
    return error_place(error, shown, 0, 0);
}

static bool read_all(int fd, char *bytes, size_t size_bytes, size_t *read_bytes)
{
    *read_bytes = 0;
    while (*read_bytes < size_bytes) {
        ssize_t n = read(fd, bytes + *read_bytes, size_bytes - *read_bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            break;
        *read_bytes += (size_t)n;
    }
    return true;
}

static bool check_kind(const struct stat *status, const char *shown, int64_t limit_bytes, struct error *error)
{
    if (limit_bytes > MOST_BYTES)
        limit_bytes = MOST_BYTES;
    if (!S_ISREG(status->st_mode)) {
        error_set(error, ERROR_FILE, "\"%s\" is not a regular file", shown);
        return error_place(error, shown, 0, 0);
    }
    if (status->st_size > limit_bytes) {
        error_set(error, ERROR_FILE, "\"%s\" has %lld bytes, the limit is %lld", shown, (long long)status->st_size,
                  (long long)limit_bytes);
        error_hint(error, "Split the file, or raise the setting file_size.");
        return error_place(error, shown, 0, 0);
    }
    return true;
}

bool disk_read(TALLOC_CTX *owner, int directory_fd, const char *path, const char *shown, int64_t limit_bytes,
               char **bytes, size_t *size_bytes, struct error *error)
{
    int fd = openat(directory_fd, path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return fail(error, "read", shown);
    struct stat status;
    if (fstat(fd, &status) != 0) {
        fail(error, "read", shown);
        close(fd);
        return false;
    }
    if (!check_kind(&status, shown, limit_bytes, error)) {
        close(fd);
        return false;
    }
    size_t size = (size_t)status.st_size, got = 0;
    char *buffer = talloc_size(owner, size + 1);
    bool ok = buffer && read_all(fd, buffer, size, &got);
    if (!ok)
        fail(error, "read", shown);
    close(fd);
    if (!ok) {
        talloc_free(buffer);
        return false;
    }
    buffer[got] = '\0';
    *bytes = buffer;
    *size_bytes = got;
    return true;
}

static bool write_all(int fd, const char *bytes, size_t size_bytes)
{
    while (size_bytes > 0) {
        ssize_t n = write(fd, bytes, size_bytes);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        size_bytes -= (size_t)n;
    }
    return fsync(fd) == 0;
}

bool disk_create(const char *path, const char *shown, const char *bytes, size_t size_bytes, struct error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail(error, "create", shown);
    bool ok = write_all(fd, bytes, size_bytes);
    if (!ok) {
        fail(error, "write", shown);
        unlink(path);
    }
    close(fd);
    return ok;
}

bool disk_replace(const char *path, const char *shown, const char *bytes, size_t size_bytes, struct error *error)
{
    struct stat status;
    mode_t mode = stat(path, &status) == 0 ? status.st_mode & 07777 : 0644;
    char *beside = talloc_asprintf(NULL, "%s.XXXXXX", path);
    int fd = mkostemp(beside, O_CLOEXEC);
    bool ok = fd >= 0 && fchmod(fd, mode) == 0 && write_all(fd, bytes, size_bytes) && rename(beside, path) == 0;
    if (!ok) {
        fail(error, "write", shown);
        if (fd >= 0)
            unlink(beside);
    }
    if (fd >= 0)
        close(fd);
    talloc_free(beside);
    return ok;
}

static bool make_folder(const char *path)
{
    struct stat status;
    if (mkdir(path, 0777) == 0)
        return true;
    if (errno != EEXIST || stat(path, &status) != 0)
        return false;
    errno = ENOTDIR;
    return S_ISDIR(status.st_mode);
}

bool disk_make_folders(const char *path, struct error *error)
{
    char *copy = talloc_strdup(NULL, path);
    bool ok = true;
    for (char *slash = copy; ok && *slash; slash++) {
        if (*slash != '/' || slash == copy)
            continue;
        *slash = '\0';
        ok = make_folder(copy);
        *slash = '/';
    }
    ok = ok && make_folder(copy);
    if (!ok)
        fail(error, "make the folder", path);
    talloc_free(copy);
    return ok;
}

static bool is_gone(int result) { return result == 0 || errno == ENOENT; }

static bool remove_entry(int directory_fd, const char *name);

/* Takes the descriptor. */
static bool remove_entries(int fd)
{
    DIR *directory = fdopendir(fd);
    if (!directory) {
        close(fd);
        return false;
    }
    bool ok = true;
    for (struct dirent *entry; ok && (errno = 0, entry = readdir(directory));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            ok = remove_entry(fd, entry->d_name);
    int number = errno;
    closedir(directory);
    errno = number;
    return ok && !number;
}

/* By descriptor, never by path: a folder that somebody swaps for a link meanwhile leads nowhere else. What somebody
 * else removes first is no failure. */
static bool remove_entry(int directory_fd, const char *name)
{
    if (is_gone(unlinkat(directory_fd, name, 0)))
        return true;
    int refusal = errno;
    if (refusal != EISDIR && refusal != EPERM)
        return false;
    int fd = openat(directory_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOTDIR)
        errno = refusal;
    if (fd < 0)
        return errno == ENOENT;
    return remove_entries(fd) && is_gone(unlinkat(directory_fd, name, AT_REMOVEDIR));
}

bool disk_remove_tree(const char *path, struct error *error)
{
    return remove_entry(AT_FDCWD, path) || fail(error, "remove", path);
}
