/* See disk.h. */
#include "store/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(struct error *error, const char *what, const char *shown)
{
    int number = errno;
    error_set(error, ERROR_FILE, "cannot %s \"%s\": %s", what, shown, strerror(number));
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

bool disk_read(TALLOC_CTX *owner, int directory_fd, const char *path, const char *shown, int64_t limit_bytes, char **bytes,
               size_t *size_bytes, struct error *error)
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
    bool ok = read_all(fd, buffer, size, &got);
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

bool disk_make_folders(const char *path, struct error *error)
{
    char *copy = talloc_strdup(NULL, path);
    bool ok = true;
    for (char *slash = copy + 1; ok && *slash; slash++) {
        if (*slash != '/')
            continue;
        *slash = '\0';
        ok = mkdir(copy, 0777) == 0 || errno == EEXIST;
        *slash = '/';
    }
    ok = ok && (mkdir(copy, 0777) == 0 || errno == EEXIST);
    if (!ok)
        fail(error, "make the folder", path);
    talloc_free(copy);
    return ok;
}

static int remove_entry(const char *path, const struct stat *status UNUSED, int kind UNUSED, struct FTW *walk UNUSED)
{
    return remove(path);
}

bool disk_remove_tree(const char *path, struct error *error)
{
    if (nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS) == 0 || errno == ENOENT)
        return true;
    return fail(error, "remove", path);
}
