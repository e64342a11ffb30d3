/* See log_file.h. */
#include "store/cluster/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT_BYTES (4 * 1024 * 1024)
#define LAST_WORDS_BYTES 2048

char *log_file_last_words(TALLOC_CTX *owner, const struct paths *paths, off_t offset)
{
    char text[LAST_WORDS_BYTES + 1];
    struct stat status;
    int fd = open(paths->log_file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    ssize_t size = 0;
    if (fd >= 0 && fstat(fd, &status) == 0) {
        bool is_cut = status.st_size - offset > LAST_WORDS_BYTES;
        size = pread(fd, text, LAST_WORDS_BYTES, is_cut ? status.st_size - LAST_WORDS_BYTES : offset);
    }
    if (fd >= 0)
        close(fd);
    while (size > 0 && text[size - 1] == '\n')
        size--;
    text[size > 0 ? size : 0] = '\0';
    return talloc_strdup(owner, text);
}

/* The server keeps its descriptor, so the file is copied and emptied, not renamed. */
off_t log_file_trim(const struct paths *paths)
{
    struct stat status;
    int from = open(paths->log_file, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (from < 0)
        return 0;
    if (fstat(from, &status) < 0 || status.st_size <= LIMIT_BYTES) {
        close(from);
        return status.st_size;
    }
    char *old = talloc_asprintf(NULL, "%s.old", paths->log_file), buffer[65536];
    int to = open(old, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    talloc_free(old);
    bool ok = to >= 0;
    for (ssize_t size; ok && (size = read(from, buffer, sizeof buffer)) > 0;)
        ok = write(to, buffer, (size_t)size) == size;
    ok = ftruncate(from, 0) == 0;
    if (to >= 0)
        close(to);
    close(from);
    return ok ? 0 : status.st_size;
}
