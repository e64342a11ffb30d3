/* A full disk: a small file system as a tablespace, in a mount namespace of this program, so that it goes with the
 * program however that ends. What stands after it is asked of another connection. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/scene.h"

#define SMALL "size=3m,mode=0700"
#define ROOMY "size=64m,mode=0700"

struct small_disk {
    struct scene *scene; /* NULL where mounts are not permitted */
    const char *folder;
};

static const struct scene_file files[] = {
    {"001", "base",
     "CREATE TABLE v001_wide (id integer, note text);\n"
     "INSERT INTO v001_wide SELECT i, repeat(md5(i::text), 5) FROM generate_series(1, 40000) AS i;\n"
     "INSERT INTO fixture.counter VALUES ('001.1');\n",
     SCENE_TRANSACTIONAL, 1, 1},
    {"002", "copy",
     "INSERT INTO fixture.counter VALUES ('002.1');\n"
     "CREATE TABLE v002_copy (id integer, note text) TABLESPACE small;\n"
     "INSERT INTO v002_copy SELECT * FROM v001_wide;\n",
     SCENE_TRANSACTIONAL, 1, 1},
    {"003", "online",
     "-- pgdeck: no-transaction\n"
     "INSERT INTO fixture.counter VALUES ('003.1');\n"
     "CREATE INDEX CONCURRENTLY v003_note ON v001_wide (note) TABLESPACE small;\n"
     "INSERT INTO fixture.counter VALUES ('003.2');\n",
     SCENE_STEPWISE, 2, 1},
};

/* ---- the disk ---- */

static bool may_mount(void)
{
    if (unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
        return true;
    print_message("skipped: no file system may be mounted here (%s)\n", strerror(errno));
    return false;
}

static bool mount_disk(struct small_disk *disk)
{
    struct stat server;
    disk->folder = test_directory(disk);
    assert_int_equal(stat(test_server_host(disk->scene->server), &server), 0);
    if (mount("tmpfs", disk->folder, "tmpfs", MS_NOSUID | MS_NODEV, SMALL) != 0) {
        print_message("skipped: no tmpfs may be mounted here (%s)\n", strerror(errno));
        return false;
    }
    assert_int_equal(chown(disk->folder, server.st_uid, server.st_gid), 0);
    return true;
}

static void resize(struct small_disk *disk, const char *size)
{
    assert_int_equal(mount("tmpfs", disk->folder, "tmpfs", MS_REMOUNT | MS_NOSUID | MS_NODEV, size), 0);
}

static int set_up(void **state)
{
    struct small_disk *disk = talloc_zero(NULL, struct small_disk);
    *state = disk;
    if (!may_mount())
        return 0;
    disk->scene = scene_start(disk); /* in the new namespace: the server must see the disk */
    if (!mount_disk(disk)) {
        TALLOC_FREE(disk->scene);
        return 0;
    }
    oracle_execute(disk->scene->oracle, "CREATE TABLESPACE small LOCATION '%s'", disk->folder);
    return 0;
}

static int tear_down(void **state)
{
    struct small_disk *disk = *state;
    TALLOC_FREE(disk->scene);
    umount2(disk->folder ? disk->folder : "", MNT_DETACH);
    talloc_free(disk);
    return 0;
}

/* The scene with these files and a small disk; the test is skipped where there can be none. */
static struct scene *begin(void **state, const struct scene_file *wanted, size_t count)
{
    struct small_disk *disk = *state;
    if (!disk->scene)
        skip();
    scene_reset(disk->scene, wanted, count);
    resize(disk, SMALL);
    return disk->scene;
}

static struct program *apply_and_expect(struct scene *scene, int exit_status)
{
    struct program *program = scene_apply(scene, SCENE_DIRECT);
    if (program->exit_status != exit_status)
        fail_msg("exit %d instead of %d: %s%s", program->exit_status, exit_status, program->out, program->err);
    return program;
}

static void expect_word(const struct program *program, const char *word)
{
    if (!strstr(program->err, word))
        fail_msg("\"%s\" is not said: %s%s", word, program->out, program->err);
}

/* ---- tests ---- */

static void test_file_that_fills_the_disk_leaves_nothing(void **state)
{
    struct scene *scene = begin(state, files, 2);
    struct program *program = apply_and_expect(scene, 5);
    expect_word(program, "migrations/002_copy.sql:3:1: ");
    expect_word(program, "53100");
    expect_word(program, "nothing of 002 stands");
    expect_word(program, "run `pgdeck apply` again");
    scene_check(scene);
    assert_string_equal(scene_state(scene, "001"), "applied");
    assert_string_equal(scene_state(scene, "002"), "pending");
    assert_true(oracle_says(scene->oracle, "SELECT to_regclass('v002_copy') IS NULL"));
    apply_and_expect(scene, 5);
    resize(*state, ROOMY);
    scene_finish(scene);
}

static void test_index_build_that_fills_the_disk_is_told_and_finished_later(void **state)
{
    static struct scene_file online[2];
    online[0] = files[0];
    online[1] = files[2];
    struct scene *scene = begin(state, online, countof(online));
    struct program *program = apply_and_expect(scene, 6);
    expect_word(program, "migrations/003_online.sql:3:1: ");
    expect_word(program, "53100");
    expect_word(program, "v003_note");
    expect_word(program, "pgdeck apply");
    scene_check(scene);
    assert_string_equal(scene_state(scene, "003"), "incomplete");
    assert_true(oracle_says(scene->oracle, "SELECT NOT indisvalid FROM pg_index"
                                           " WHERE indexrelid = 'public.v003_note'::regclass"));
    apply_and_expect(scene, 6);
    resize(*state, ROOMY);
    scene_finish(scene);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file_that_fills_the_disk_leaves_nothing),
        cmocka_unit_test(test_index_build_that_fills_the_disk_is_told_and_finished_later),
    };
    return cmocka_run_group_tests_name("disk full", tests, set_up, tear_down);
}
