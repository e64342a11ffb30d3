/* Files: what is not a file is refused, limits hold, nothing is written over or followed by mistake. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/disk.h"
#include "tests/lib/server.h"

#define LIMIT_BYTES 1024

struct place {
    char *directory;
    struct error *error;
};

static int open_place(void **state)
{
    struct place *place = talloc_zero(NULL, struct place);
    place->directory = test_directory(place);
    place->error = error_new(place);
    *state = place;
    return 0;
}

static int close_place(void **state) { return talloc_free(*state); }

static char *path_of(struct place *place, const char *name)
{
    return talloc_asprintf(place, "%s/%s", place->directory, name);
}

static bool read_file(struct place *place, const char *name, char **bytes, size_t *size_bytes)
{
    return disk_read(place, AT_FDCWD, path_of(place, name), name, LIMIT_BYTES, bytes, size_bytes, place->error);
}

static void expect_content(struct place *place, const char *name, const char *content)
{
    char *bytes;
    size_t size_bytes;
    assert_true(read_file(place, name, &bytes, &size_bytes));
    assert_int_equal(size_bytes, strlen(content));
    assert_memory_equal(bytes, content, size_bytes);
}

static bool exists(struct place *place, const char *name)
{
    struct stat status;
    return lstat(path_of(place, name), &status) == 0;
}

/* ---- reading ---- */

static void test_read_keeps_every_byte(void **state)
{
    struct place *place = *state;
    static const char content[] = "a\0b\r\n\xff\xfe\n";
    char *bytes;
    size_t size_bytes;
    test_write_bytes(place->directory, "f", content, sizeof content - 1);
    assert_true(read_file(place, "f", &bytes, &size_bytes));
    assert_int_equal(size_bytes, sizeof content - 1);
    assert_memory_equal(bytes, content, sizeof content);
    assert_ptr_equal(talloc_parent(bytes), place);
}

static void test_read_of_empty_file_is_empty_text(void **state)
{
    struct place *place = *state;
    char *bytes;
    size_t size_bytes = 1;
    test_write(place->directory, "f", "");
    assert_true(read_file(place, "f", &bytes, &size_bytes));
    assert_int_equal(size_bytes, 0);
    assert_string_equal(bytes, "");
}

static void test_read_below_directory_descriptor(void **state)
{
    struct place *place = *state;
    char *bytes;
    size_t size_bytes;
    test_write(place->directory, "f", "x");
    int fd = open(place->directory, O_RDONLY | O_DIRECTORY);
    assert_true(disk_read(place, fd, "f", "f", LIMIT_BYTES, &bytes, &size_bytes, place->error));
    close(fd);
    assert_string_equal(bytes, "x");
}

static void make_fifo(struct place *place) { assert_int_equal(mkfifo(path_of(place, "x"), 0600), 0); }
static void make_directory(struct place *place) { assert_int_equal(mkdir(path_of(place, "x"), 0700), 0); }
static void make_dangling_link(struct place *place) { assert_int_equal(symlink("nowhere", path_of(place, "x")), 0); }
static void make_link_to_terminal(struct place *place)
{
    assert_int_equal(symlink("/dev/tty", path_of(place, "x")), 0);
}
static void make_link_to_zero(struct place *place) { assert_int_equal(symlink("/dev/zero", path_of(place, "x")), 0); }
static void make_link_to_itself(struct place *place) { assert_int_equal(symlink("x", path_of(place, "x")), 0); }
static void make_nothing(struct place *place UNUSED) {}

static void make_too_large(struct place *place)
{
    char bytes[LIMIT_BYTES + 1] = {0};
    test_write_bytes(place->directory, "x", bytes, sizeof bytes);
}

static void test_read_refuses_what_is_no_file_within_limits(void **state)
{
    static void (*const makers[])(struct place *) = {
        make_fifo,         make_directory,      make_dangling_link, make_link_to_terminal,
        make_link_to_zero, make_link_to_itself, make_nothing,       make_too_large,
    };
    struct place *place = *state;
    for (size_t i = 0; i < countof(makers); i++) {
        char *bytes = (char *)place;
        size_t size_bytes = 77, blocks;
        makers[i](place);
        char *path = path_of(place, "x");
        error_clear(place->error);
        blocks = talloc_total_blocks(place);
        assert_false(disk_read(place, AT_FDCWD, path, "shown", LIMIT_BYTES, &bytes, &size_bytes, place->error));
        assert_int_equal(place->error->code, ERROR_FILE);
        assert_string_equal(place->error->file, "shown");
        assert_non_null(strstr(place->error->message, "\"shown\""));
        assert_null(strstr(place->error->message, place->directory));
        assert_ptr_equal(bytes, place);
        assert_int_equal(size_bytes, 77);
        error_clear(place->error);
        assert_int_equal(talloc_total_blocks(place), blocks);
        assert_true(disk_remove_tree(path, place->error));
    }
}

static void test_read_limit_is_included(void **state)
{
    struct place *place = *state;
    char content[LIMIT_BYTES], *bytes;
    size_t size_bytes;
    memset(content, 'x', sizeof content);
    test_write_bytes(place->directory, "f", content, sizeof content);
    assert_true(read_file(place, "f", &bytes, &size_bytes));
    assert_int_equal(size_bytes, LIMIT_BYTES);
}

/* A sparse one: larger than talloc gives, below the limit asked for. */
static void test_read_of_huge_file_is_refused_by_its_size(void **state)
{
    struct place *place = *state;
    char *bytes;
    size_t size_bytes;
    test_write(place->directory, "f", "");
    assert_int_equal(truncate(path_of(place, "f"), 300L << 20), 0);
    assert_false(disk_read(place, AT_FDCWD, path_of(place, "f"), "f", 1L << 30, &bytes, &size_bytes, place->error));
    assert_string_equal(place->error->message, "\"f\" has 314572800 bytes, the limit is 268435455");
}

static void test_read_leaves_no_descriptor(void **state)
{
    struct place *place = *state;
    char *bytes;
    size_t size_bytes;
    make_fifo(place);
    int before = dup(0);
    for (int i = 0; i < 10; i++)
        assert_false(read_file(place, "x", &bytes, &size_bytes));
    int after = dup(0);
    assert_int_equal(after, before + 1);
    close(before);
    close(after);
}

/* ---- writing ---- */

static void test_create_writes_new_file(void **state)
{
    struct place *place = *state;
    assert_true(disk_create(path_of(place, "f"), "f", "text\n", 5, place->error));
    expect_content(place, "f", "text\n");
}

static void test_create_refuses_existing(void **state)
{
    struct place *place = *state;
    test_write(place->directory, "f", "old");
    assert_false(disk_create(path_of(place, "f"), "f", "new", 3, place->error));
    assert_int_equal(place->error->code, ERROR_FILE);
    expect_content(place, "f", "old");
}

static void test_create_refuses_dangling_link(void **state)
{
    struct place *place = *state;
    assert_int_equal(symlink(path_of(place, "victim"), path_of(place, "f")), 0);
    assert_false(disk_create(path_of(place, "f"), "f", "new", 3, place->error));
    assert_false(exists(place, "victim"));
}

static void test_create_that_fails_midway_leaves_nothing(void **state)
{
    struct place *place = *state;
    struct rlimit before, small;
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    small = before;
    small.rlim_cur = 10;
    setrlimit(RLIMIT_FSIZE, &small);
    bool ok = disk_create(path_of(place, "f"), "f", "longer than ten bytes", 21, place->error);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_false(ok);
    assert_false(exists(place, "f"));
}

static int count_entries(struct place *place)
{
    int count = 0;
    DIR *directory = opendir(place->directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count - 2;
}

static void test_replace_keeps_the_mode_and_leaves_no_second_file(void **state)
{
    struct place *place = *state;
    struct stat status;
    test_write(place->directory, "f", "old");
    assert_int_equal(chmod(path_of(place, "f"), 0604), 0);
    assert_true(disk_replace(path_of(place, "f"), "f", "new!", 4, place->error));
    expect_content(place, "f", "new!");
    assert_int_equal(stat(path_of(place, "f"), &status), 0);
    assert_int_equal(status.st_mode & 07777, 0604);
    assert_int_equal(count_entries(place), 1);
}

static void test_replace_that_fails_keeps_the_old(void **state)
{
    struct place *place = *state;
    struct rlimit before, small;
    test_write(place->directory, "f", "old");
    getrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_IGN);
    small = before;
    small.rlim_cur = 10;
    setrlimit(RLIMIT_FSIZE, &small);
    bool ok = disk_replace(path_of(place, "f"), "f", "longer than ten bytes", 21, place->error);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_false(ok);
    assert_int_equal(place->error->code, ERROR_FILE);
    expect_content(place, "f", "old");
    assert_int_equal(count_entries(place), 1);
}

struct reading {
    struct place *place;
    const char *path;
    atomic_bool has_ended;
    int halves;
};

static void *read_again_and_again(void *argument)
{
    struct reading *reading = argument;
    TALLOC_CTX *memory = talloc_new(NULL);
    struct error *error = error_new(memory);
    while (!atomic_load(&reading->has_ended)) {
        char *bytes = NULL;
        size_t size_bytes = 0;
        bool ok = disk_read(memory, AT_FDCWD, reading->path, "f", LIMIT_BYTES, &bytes, &size_bytes, error);
        if (!ok || size_bytes != 1000 || memcmp(bytes, bytes + 1, 999) != 0)
            reading->halves++;
        talloc_free(bytes);
    }
    talloc_free(memory);
    return NULL;
}

static void test_replace_shows_old_or_new_never_a_half(void **state)
{
    struct place *place = *state;
    char content[1000];
    memset(content, '0', sizeof content);
    test_write_bytes(place->directory, "f", content, sizeof content);
    struct reading reading = {.place = place, .path = path_of(place, "f")};
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, read_again_and_again, &reading), 0);
    for (int i = 0; i < 100; i++) {
        memset(content, '0' + i % 10, sizeof content);
        assert_true(disk_replace(reading.path, "f", content, sizeof content, place->error));
    }
    atomic_store(&reading.has_ended, true);
    pthread_join(thread, NULL);
    assert_int_equal(reading.halves, 0);
}

/* ---- folders ---- */

static void test_make_folders_makes_all_and_again(void **state)
{
    struct place *place = *state;
    for (int i = 0; i < 2; i++)
        assert_true(disk_make_folders(path_of(place, "a/b//c/"), place->error));
    struct stat status;
    assert_int_equal(stat(path_of(place, "a/b/c"), &status), 0);
    assert_true(S_ISDIR(status.st_mode));
}

static void test_make_folders_refuses_a_file_in_the_way(void **state)
{
    static const char *const paths[] = {"f", "f/a", "f/a/b"};
    struct place *place = *state;
    test_write(place->directory, "f", "");
    for (size_t i = 0; i < countof(paths); i++) {
        assert_false(disk_make_folders(path_of(place, paths[i]), place->error));
        assert_int_equal(place->error->code, ERROR_FILE);
    }
    assert_false(disk_make_folders("", place->error));
}

static void test_remove_tree_removes_all_kinds(void **state)
{
    struct place *place = *state;
    test_write(place->directory, "t/a/b/c/f", "x");
    test_write(place->directory, "t/.hidden", "x");
    assert_int_equal(mkfifo(path_of(place, "t/fifo"), 0600), 0);
    assert_int_equal(mkdir(path_of(place, "t/empty"), 0700), 0);
    for (int i = 0; i < 300; i++)
        test_write(place->directory, talloc_asprintf(place, "t/many/%d", i), "");
    assert_true(disk_remove_tree(path_of(place, "t"), place->error));
    assert_false(exists(place, "t"));
    assert_true(disk_remove_tree(path_of(place, "t"), place->error));
}

static void test_remove_tree_does_not_follow_links(void **state)
{
    struct place *place = *state;
    test_write(place->directory, "keep/f", "precious");
    test_write(place->directory, "t/a/f", "x");
    assert_int_equal(symlink(path_of(place, "keep"), path_of(place, "t/a/link")), 0);
    assert_int_equal(symlink(path_of(place, "keep/f"), path_of(place, "t/link")), 0);
    assert_int_equal(symlink(path_of(place, "keep"), path_of(place, "root")), 0);
    assert_true(disk_remove_tree(path_of(place, "t"), place->error));
    assert_true(disk_remove_tree(path_of(place, "root"), place->error));
    assert_false(exists(place, "t"));
    assert_false(exists(place, "root"));
    expect_content(place, "keep/f", "precious");
}

struct making {
    const char *path;
    atomic_bool has_ended;
};

/* Removes what the test makes, at the same time as it. */
static void *remove_again_and_again(void *argument)
{
    struct making *making = argument;
    struct error *error = error_new(NULL);
    while (!atomic_load(&making->has_ended))
        if (!disk_remove_tree(making->path, error))
            error_clear(error);
    talloc_free(error);
    return NULL;
}

static void test_remove_tree_of_two_at_once_leaves_nothing(void **state)
{
    struct place *place = *state;
    struct making making = {.path = path_of(place, "t")};
    pthread_t thread;
    for (int round = 0; round < 30; round++) {
        for (int i = 0; i < 50; i++)
            test_write(place->directory, talloc_asprintf(place, "t/%d/f", i), "");
        atomic_store(&making.has_ended, false);
        assert_int_equal(pthread_create(&thread, NULL, remove_again_and_again, &making), 0);
        bool ok = disk_remove_tree(making.path, place->error);
        bool is_left = exists(place, "t");
        atomic_store(&making.has_ended, true);
        pthread_join(thread, NULL);
        assert_true(ok);
        assert_false(is_left);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_place, close_place)
    const struct CMUnitTest tests[] = {
        TEST(test_read_keeps_every_byte),
        TEST(test_read_of_empty_file_is_empty_text),
        TEST(test_read_below_directory_descriptor),
        TEST(test_read_refuses_what_is_no_file_within_limits),
        TEST(test_read_limit_is_included),
        TEST(test_read_of_huge_file_is_refused_by_its_size),
        TEST(test_read_leaves_no_descriptor),
        TEST(test_create_writes_new_file),
        TEST(test_create_refuses_existing),
        TEST(test_create_refuses_dangling_link),
        TEST(test_create_that_fails_midway_leaves_nothing),
        TEST(test_replace_keeps_the_mode_and_leaves_no_second_file),
        TEST(test_replace_that_fails_keeps_the_old),
        TEST(test_replace_shows_old_or_new_never_a_half),
        TEST(test_make_folders_makes_all_and_again),
        TEST(test_make_folders_refuses_a_file_in_the_way),
        TEST(test_remove_tree_removes_all_kinds),
        TEST(test_remove_tree_does_not_follow_links),
        TEST(test_remove_tree_of_two_at_once_leaves_nothing),
    };
#undef TEST
    return cmocka_run_group_tests(tests, NULL, NULL);
}
