/* Folders and files of a test: the rest of server.h. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/server.h"

static int remove_entry(const char *path, const struct stat *status UNUSED, int kind UNUSED, struct FTW *walk UNUSED)
{
    return remove(path);
}

static int destroy_directory(char *path)
{
    nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS);
    return 0;
}

char *test_directory(TALLOC_CTX *owner)
{
    char *path = talloc_asprintf(owner, "/tmp/" TEST_DIRECTORY_PREFIX "%d-XXXXXX", (int)getpid());
    if (!mkdtemp(path))
        fail_msg("cannot make %s: %s", path, strerror(errno));
    talloc_set_destructor(path, destroy_directory);
    return path;
}

void test_write_bytes(const char *directory, const char *name, const void *bytes, size_t size_bytes)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0777);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    if (!file || fwrite(bytes, 1, size_bytes, file) != size_bytes || fclose(file))
        fail_msg("cannot write %s: %s", path, strerror(errno));
}

void test_write(const char *directory, const char *name, const char *text)
{
    test_write_bytes(directory, name, text, strlen(text));
}
