/* See file_text.h. The first defect of the bytes counts, found in one pass that skips eight plain bytes at a time. */
#include "migrate/file_text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/text.h"

static bool fail(struct error *error, const char *shown, int number)
{
    error_set(error, ERROR_FILE, "cannot read \"%s\": %s", shown, strerror(number));
    return error_place(error, shown, 0, 0);
}

static int open_regular(int directory_fd, const char *name)
{
    return openat(directory_fd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);
}

/* Follows a link whose end lies under `root`. Returns the descriptor, or -1 with the error set. */
static int open_link(const char *root, const char *name, const char *shown, struct error *error)
{
    char *path = talloc_asprintf(NULL, "%s/%s", root, name);
    char *real = realpath(path, NULL);
    int number = errno;
    talloc_free(path);
    if (!real) {
        fail(error, shown, number);
        return -1;
    }
    size_t length = strlen(root);
    bool is_inside = strncmp(real, root, length) == 0 && (root[length - 1] == '/' || real[length] == '/');
    int fd = is_inside ? open_regular(AT_FDCWD, real) : -1;
    number = errno;
    free(real);
    if (is_inside) {
        if (fd < 0)
            fail(error, shown, number);
        return fd;
    }
    error_set(error, ERROR_FILE, "\"%s\" is a link that leads out of its folder", shown);
    error_hint(error, "Put the file itself in the folder: what a link points to may change unseen.");
    error_place(error, shown, 0, 0);
    return -1;
}

static bool check_status(const struct stat *status, const char *shown, int64_t limit_bytes, struct error *error)
{
    if (!S_ISREG(status->st_mode)) {
        error_set(error, ERROR_FILE, "\"%s\" is not a regular file", shown);
        error_hint(error, "Move it out of the folder, or give it a name that does not end in .sql.");
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

static ssize_t read_up_to(int fd, char *bytes, size_t most)
{
    size_t size = 0;
    while (size < most) {
        ssize_t got = read(fd, bytes + size, most - size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        size += (size_t)got;
    }
    return (ssize_t)size;
}

static bool read_descriptor(TALLOC_CTX *owner, int fd, const char *shown, int64_t limit_bytes, char **bytes,
                            size_t *size_bytes, struct error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return fail(error, shown, errno);
    if (!check_status(&status, shown, limit_bytes, error))
        return false;
    char *buffer = talloc_size(owner, (size_t)status.st_size + 1);
    ssize_t size = buffer ? read_up_to(fd, buffer, (size_t)status.st_size) : -1;
    if (size < 0) {
        fail(error, shown, buffer ? errno : ENOMEM);
        talloc_free(buffer);
        return false;
    }
    buffer[size] = '\0';
    *bytes = buffer;
    *size_bytes = (size_t)size;
    return true;
}

bool file_text_read(TALLOC_CTX *owner, int directory_fd, const char *root, const char *name, const char *shown,
                    int64_t limit_bytes, char **bytes, size_t *size_bytes, struct error *error)
{
    int fd = open_regular(directory_fd, name);
    if (fd < 0) {
        if (errno != ELOOP && errno != EMLINK)
            return fail(error, shown, errno);
        fd = open_link(root, name, shown, error);
        if (fd < 0)
            return false;
    }
    bool ok = read_descriptor(owner, fd, shown, limit_bytes, bytes, size_bytes, error);
    close(fd);
    return ok;
}

/* Whether eight bytes are all ASCII and neither NUL nor CR. Source: Warren, Hacker's Delight, 6-1. */
static bool are_plain(const char *at)
{
    static const uint64_t ones = UINT64_C(0x0101010101010101), highs = UINT64_C(0x8080808080808080);
    uint64_t bytes;
    memcpy(&bytes, at, sizeof bytes);
    uint64_t returns = bytes ^ (ones * '\r');
    return ((bytes | ((bytes - ones) & ~bytes) | ((returns - ones) & ~returns)) & highs) == 0;
}

/* What is checked: `bytes` begins with a BOM or with the text. */
struct check {
    const char *bytes, *text, *end;
    const char *shown;
    struct error *error;
};

static bool refuse(const struct check *check, const char *at, const char *what, const char *hint)
{
    int line = 1, column = 1;
    for (const char *c = check->text; c < at; c++) {
        column = *c == '\n' ? 1 : column + ((*c & 0xC0) != 0x80);
        line += *c == '\n';
    }
    error_set(check->error, ERROR_PROJECT, "%s at byte offset %zu", what, (size_t)(at - check->bytes));
    error_hint(check->error, "%s", hint);
    return error_place(check->error, check->shown, line, column);
}

static bool check_bytes(const struct check *check, bool *has_return)
{
    for (const char *at = check->text, *end = check->end; at < end;) {
        if (end - at >= 8 && are_plain(at)) {
            at += 8;
            continue;
        }
        uint32_t character;
        int length = text_character(at, (size_t)(end - at), &character);
        if (length == 0)
            return refuse(check, at, "invalid UTF-8", "Save the file as UTF-8.");
        if (character == 0)
            return refuse(check, at, "a NUL byte", "Take it out: no SQL text can hold one.");
        if (character == 0xFEFF)
            return refuse(check, at, "a byte order mark (U+FEFF)",
                          "Take it out: it shows nowhere, and only the first character of a file may be one.");
        if (character == '\r' && (at + 1 == end || at[1] != '\n'))
            return refuse(check, at, "a carriage return without a line feed",
                          "Save the file with LF or CRLF line ends: the server ends a comment here, where an editor "
                          "may show none.");
        *has_return |= character == '\r';
        at += length;
    }
    return true;
}

bool file_text_clean(char *bytes, const char *shown, const char **text, size_t *size_bytes, struct error *error)
{
    bool has_bom = *size_bytes >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0, has_return = false;
    char *start = bytes + (has_bom ? 3 : 0), *end = bytes + *size_bytes;
    struct check check = {.bytes = bytes, .text = start, .end = end, .shown = shown, .error = error};
    if (!check_bytes(&check, &has_return))
        return false;
    if (has_return) {
        char *to = start;
        for (const char *from = start; from < end; from++)
            if (*from != '\r')
                *to++ = *from;
        end = to;
        *end = '\0';
    }
    *text = start;
    *size_bytes = (size_t)(end - start);
    return true;
}
