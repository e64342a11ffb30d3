/* The parser's own process. See ../parser.h. */
#include <errno.h>
#include <pg_query.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "migrate/parser.h"

#define SECONDS_MOST 5
#define MEMORY_MOST ((rlim_t)1 << 30)

/* An address sanitizer needs more room than there is. */
#if defined(__SANITIZE_ADDRESS__)
#define HAS_MEMORY_LIMIT 0
#else
#define HAS_MEMORY_LIMIT 1
#endif

static bool limit(void)
{
    const struct rlimit seconds = {SECONDS_MOST, SECONDS_MOST}, memory = {MEMORY_MOST, MEMORY_MOST}, none = {0, 0};
    return setrlimit(RLIMIT_CPU, &seconds) == 0 && setrlimit(RLIMIT_CORE, &none) == 0 &&
           (!HAS_MEMORY_LIMIT || setrlimit(RLIMIT_AS, &memory) == 0);
}

static bool read_all(void *bytes, size_t size_bytes)
{
    for (char *at = bytes; size_bytes > 0;) {
        ssize_t got = read(STDIN_FILENO, at, size_bytes);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        size_bytes -= (size_t)got;
    }
    return true;
}

static bool write_all(const void *bytes, size_t size_bytes)
{
    for (const char *at = bytes; size_bytes > 0;) {
        ssize_t wrote = write(STDOUT_FILENO, at, size_bytes);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return false;
        at += wrote;
        size_bytes -= (size_t)wrote;
    }
    return true;
}

static bool parse(const char *text)
{
    PgQueryParseResult result = pg_query_parse(text);
    size_t size_bytes = !result.error && result.parse_tree ? strlen(result.parse_tree) : 0;
    bool ok = write_all(&size_bytes, sizeof size_bytes) && write_all(result.parse_tree, size_bytes);
    pg_query_free_parse_result(result);
    return ok;
}

int parser_main(void)
{
    size_t size_bytes;
    bool ok = limit();
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (ok && read_all(&size_bytes, sizeof size_bytes)) {
        char *text = size_bytes < SIZE_MAX ? calloc(size_bytes + 1, 1) : NULL;
        ok = text && read_all(text, size_bytes) && parse(text);
        free(text);
    }
    return ok ? 0 : 1;
}
