/* pgdeck: allow secrets because all of them are made up */
/* The log: records, redaction, rotation among processes, and that a log that cannot be written harms nobody. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store/disk.h"
#include "store/log.h"
#include "store/redact.h"
#include "tests/lib/server.h"

struct place {
    const char *directory; /* of the log; not made yet */
    struct error *error;
};

static int open_place(void **state)
{
    struct place *place = talloc_zero(NULL, struct place);
    place->directory = talloc_asprintf(place, "%s/logs", test_directory(place));
    place->error = error_new(place);
    *state = place;
    return 0;
}

static int close_place(void **state) { return talloc_free(*state); }

static struct log *open_log(struct place *place) { return log_open(place, place->directory, 1 << 20, LOG_LEVEL_INFO); }

static char *read_text(struct place *place, const char *path)
{
    char *bytes;
    size_t size;
    if (!disk_read(place, AT_FDCWD, path, path, 64 << 20, &bytes, &size, place->error))
        fail_msg("%s", place->error->message);
    assert_int_equal(strlen(bytes), size);
    return bytes;
}

/* The records of a text, each a whole JSON object. */
static json_t *parse_records(const char *text)
{
    json_t *records = json_array();
    while (*text) {
        size_t length = strcspn(text, "\n");
        assert_int_equal(text[length], '\n');
        json_t *record = json_loadb(text, length, 0, NULL);
        if (!json_is_object(record))
            fail_msg("no record: %.*s", (int)length, text);
        json_array_append_new(records, record);
        text += length + 1;
    }
    return records;
}

static json_t *read_records(struct place *place, const struct log *log)
{
    return parse_records(read_text(place, log_path(log)));
}

static const char *member(const json_t *records, size_t index, const char *key)
{
    const char *text = json_string_value(json_object_get(json_array_get(records, index), key));
    return text ? text : "(absent)";
}

static void test_log_record_has_its_keys_in_order(void **state)
{
    struct log *log = open_log(*state);
    log_write(log, LOG_LEVEL_WARNING, "plan.built", json_pack("{s:i, s:s}", "steps", 3, "file", "x.sql"));
    char *text = read_text(*state, log_path(log));
    char *expected = talloc_asprintf(
        *state, "\"level\":\"warning\",\"event\":\"plan.built\",\"pid\":%d,\"steps\":3,\"file\":\"x.sql\"}\n",
        getpid());
    assert_string_equal(strchr(text, ',') + 1, expected);
    int year, milliseconds;
    char zone;
    assert_int_equal(sscanf(text, "{\"time\":\"%4d-%*2d-%*2dT%*2d:%*2d:%*2d.%3d%c\"", &year, &milliseconds, &zone), 3);
    assert_int_equal(zone, 'Z');
}

static void test_log_folder_is_made_at_the_first_record(void **state)
{
    struct place *place = *state;
    struct log *log = open_log(place);
    struct stat status;
    assert_int_not_equal(stat(place->directory, &status), 0);
    mode_t before = umask(0);
    log_write(log, LOG_LEVEL_INFO, "x", NULL);
    umask(before);
    assert_int_equal(stat(place->directory, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0750);
    assert_int_equal(stat(log_path(log), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0640);
}

static void test_log_folders_above_are_made(void **state)
{
    struct place *place = *state;
    struct log *log = log_open(place, talloc_asprintf(place, "%s/a/b", place->directory), 1000, LOG_LEVEL_INFO);
    log_write(log, LOG_LEVEL_INFO, "x", NULL);
    assert_null(log_problem(log));
    json_t *records = read_records(place, log);
    assert_int_equal(json_array_size(records), 1);
    json_decref(records);
}

static void test_log_below_the_least_level_is_not_written(void **state)
{
    struct place *place = *state;
    struct log *log = open_log(place);
    log_write(log, LOG_LEVEL_DEBUG, "x", json_object());
    struct stat status;
    assert_int_not_equal(stat(place->directory, &status), 0);
}

static void test_log_without_a_log_is_silent(void **state UNUSED)
{
    log_add_secret(NULL, "x");
    log_write(NULL, LOG_LEVEL_ERROR, "x", json_object());
    assert_null(log_problem(NULL));
}

static void test_log_secrets_are_redacted_everywhere(void **state)
{
    struct log *log = open_log(*state);
    log_add_secret(log, "");
    log_add_secret(log, "ca\"na'ry");
    log_write(log, LOG_LEVEL_INFO, "ca\"na'ry",
              json_pack("{s:s, s:{s:[s, {s:s}]}, s:s}", "a", "x ca\"na'ry y", "b", "c", "ca%22na%27ry", "ca\"na'ry",
                        "ca\\\"na'ry", "d", "ca\"na''ry"));
    char *text = read_text(*state, log_path(log));
    assert_null(strstr(text, "na"));
    assert_non_null(strstr(text, "x *** y"));
}

static void test_log_secret_keys_and_patterns_are_redacted(void **state)
{
    struct log *log = open_log(*state);
    log_write(log, LOG_LEVEL_INFO, "x",
              json_pack("{s:s, s:s, s:s, s:s, s:i}", "db_Password", "canary", "statement",
                        "ALTER ROLE x PASSWORD 'canary'", "url", "postgres://u:can@ary@h/d", "options",
                        "host=h password=canary", "token_count", 7));
    char *text = read_text(*state, log_path(log));
    assert_null(strstr(text, "canary"));
    assert_null(strstr(text, "can@ary"));
    assert_non_null(strstr(text, "postgres://u:***@h/d"));
    assert_non_null(strstr(text, "\"token_count\":7"));
}

static void test_log_fields_of_the_caller_stay_as_they_are(void **state)
{
    struct log *log = open_log(*state);
    log_add_secret(log, "canary");
    json_t *fields = json_pack("{s:s}", "a", "canary");
    log_write(log, LOG_LEVEL_INFO, "x", json_incref(fields));
    assert_string_equal(json_string_value(json_object_get(fields, "a")), "canary");
    assert_int_equal(fields->refcount, 1);
    json_decref(fields);
}

static void test_log_reserved_keys_are_kept_apart(void **state)
{
    struct log *log = open_log(*state);
    log_write(log, LOG_LEVEL_INFO, "real", json_pack("{s:s, s:s}", "event", "forged", "level", "forged"));
    json_t *records = read_records(*state, log);
    assert_string_equal(member(records, 0, "event"), "real");
    assert_string_equal(member(records, 0, "event_"), "forged");
    assert_string_equal(member(records, 0, "level"), "info");
    json_decref(records);
}

static void test_log_line_breaks_and_bad_bytes_cannot_forge_a_record(void **state)
{
    struct log *log = open_log(*state);
    json_t *fields = json_object();
    json_object_set_new(fields, "a", json_stringn_nocheck("\n{\"time\":1}\n\xFF\0z", 15));
    log_write(log, LOG_LEVEL_INFO, "x", fields);
    json_t *records = read_records(*state, log);
    assert_int_equal(json_array_size(records), 1);
    assert_string_equal(member(records, 0, "a"), "\n{\"time\":1}\n\xEF\xBF\xBD\xEF\xBF\xBDz");
    json_decref(records);
}

/* A text of `size_bytes` with the secret at `at`. */
static char *text_with_secret(struct place *place, size_t size_bytes, size_t at, const char *secret)
{
    char *text = talloc_size(place, size_bytes + 1);
    memset(text, 'x', size_bytes);
    text[size_bytes] = '\0';
    memcpy(text + at, secret, strlen(secret));
    return text;
}

static void test_log_long_texts_are_cut_without_halving_a_secret(void **state)
{
    struct place *place = *state;
    struct log *log = open_log(place);
    log_add_secret(log, "canary-canary");
    for (size_t edge = 32768; edge <= 1 << 20; edge *= 2) {
        for (size_t before = 0; before < 16; before += 5) {
            char *text = text_with_secret(place, 3 << 20, edge - before, "canary-canary");
            log_write(log, LOG_LEVEL_INFO, "x", json_pack("{s:s}", "text", text));
            talloc_free(text);
        }
    }
    char *text = read_text(place, log_path(log));
    assert_null(strstr(text, "can"));
    assert_non_null(strstr(text, "... (cut)"));
    json_t *records = parse_records(text);
    assert_int_equal(json_array_size(records), 24);
    json_decref(records);
}

/* Redaction makes such a text short, so that the place where it was cut would show. */
static void test_log_secret_at_the_cut_of_a_huge_text_is_not_halved(void **state)
{
    struct log *log = open_log(*state);
    log_add_secret(log, "canary-canary");
    char *text = talloc_strdup(*state, "");
    while (talloc_get_size(text) < 2 << 20)
        text = talloc_asprintf_append_buffer(text, "%s%s%s%s%s%s", "canary-canary", "canary-canary", "canary-canary",
                                             "canary-canary", "canary-canary", "canary-canary");
    log_write(log, LOG_LEVEL_INFO, "x", json_pack("{s:s}", "text", text));
    assert_null(strstr(read_text(*state, log_path(log)), "can"));
}

static void test_log_records_are_bounded(void **state)
{
    struct log *log = open_log(*state);
    json_t *many = json_array(), *deep = json_array(), *texts = json_object();
    for (int i = 0; i < 100000; i++)
        json_array_append_new(many, json_integer(i));
    for (int i = 0; i < 500; i++) {
        json_t *outer = json_array();
        json_array_append_new(outer, deep);
        deep = outer;
    }
    char *text = text_with_secret(*state, 60000, 0, "\x01\x02");
    for (int i = 0; i < 20; i++)
        json_object_set_new(texts, talloc_asprintf(text, "key%d", i), json_string(text));
    log_write(log, LOG_LEVEL_INFO, "many", json_pack("{s:o}", "many", many));
    log_write(log, LOG_LEVEL_INFO, "deep", json_pack("{s:o}", "deep", deep));
    log_write(log, LOG_LEVEL_INFO, "texts", texts);
    char *lines = read_text(*state, log_path(log));
    json_t *records = parse_records(lines);
    assert_int_equal(json_array_size(records), 3);
    assert_true(json_is_true(json_object_get(json_array_get(records, 0), "cut")));
    assert_non_null(strstr(member(records, 2, "key19"), "(cut)"));
    for (size_t length; *lines; lines += length + 1) {
        length = strcspn(lines, "\n");
        assert_in_range(length, 1, 65535);
    }
    json_decref(records);
}

static void test_log_error_has_what_the_error_has(void **state)
{
    struct log *log = open_log(*state);
    struct error *error = error_new(*state);
    error_set(error, ERROR_STATEMENT, "it \xFF failed");
    error_hint(error, "Do this.");
    error_place(error, "a.sql", 3, 4);
    snprintf(error->sqlstate, sizeof error->sqlstate, "23505");
    log_error(log, "apply.failed", error);
    error_set(error, ERROR_CANCELLED, "stopped");
    log_error(log, "apply.failed", error);
    json_t *records = read_records(*state, log);
    assert_string_equal(member(records, 0, "level"), "error");
    assert_string_equal(member(records, 0, "code"), "statement");
    assert_string_equal(member(records, 0, "message"), "it \xEF\xBF\xBD failed");
    assert_string_equal(member(records, 0, "sqlstate"), "23505");
    assert_string_equal(member(records, 0, "hint"), "Do this.");
    assert_int_equal(json_integer_value(json_object_get(json_array_get(records, 0), "line")), 3);
    assert_string_equal(member(records, 1, "level"), "info");
    assert_string_equal(member(records, 1, "sqlstate"), "(absent)");
    json_decref(records);
}

static void test_log_full_file_is_set_aside(void **state)
{
    struct place *place = *state;
    struct log *log = log_open(place, place->directory, 2000, LOG_LEVEL_INFO);
    for (int i = 0; i < 100; i++)
        log_write(log, LOG_LEVEL_INFO, "x", json_pack("{s:i}", "number", i));
    char *older = talloc_asprintf(place, "%s.1", log_path(log));
    struct stat status;
    assert_int_equal(stat(log_path(log), &status), 0);
    assert_in_range(status.st_size, 1, 2000);
    assert_int_equal(stat(older, &status), 0);
    assert_in_range(status.st_size, 1000, 2000);
    json_t *records = read_records(place, log);
    json_t *last = json_array_get(records, json_array_size(records) - 1);
    assert_int_equal(json_integer_value(json_object_get(last, "number")), 99);
    json_decref(records);
    assert_null(log_problem(log));
}

static void test_log_file_set_aside_by_another_is_left(void **state)
{
    struct place *place = *state;
    struct log *log = open_log(place);
    log_write(log, LOG_LEVEL_INFO, "one", NULL);
    char *moved = talloc_asprintf(place, "%s/moved", place->directory);
    assert_int_equal(rename(log_path(log), moved), 0);
    log_write(log, LOG_LEVEL_INFO, "two", NULL);
    json_t *records = read_records(place, log);
    assert_int_equal(json_array_size(records), 1);
    assert_string_equal(member(records, 0, "event"), "two");
    json_decref(records);
}

enum { WRITERS = 4, RECORDS = 45 };

static void write_many(struct log *log, int writer)
{
    for (int i = 0; i < RECORDS; i++)
        log_write(log, LOG_LEVEL_INFO, "x", json_pack("{s:i, s:i}", "writer", writer, "number", i));
}

static void count_records(const json_t *records, int seen[WRITERS])
{
    for (size_t i = 0; i < json_array_size(records); i++)
        seen[json_integer_value(json_object_get(json_array_get(records, i), "writer"))]++;
}

static void test_log_locked_file_is_written_and_not_set_aside(void **state)
{
    struct place *place = *state;
    struct log *log = log_open(place, place->directory, 200, LOG_LEVEL_INFO);
    log_write(log, LOG_LEVEL_INFO, "x", NULL);
    int fd = open(log_path(log), O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    for (int i = 0; i < 4; i++)
        log_write(log, LOG_LEVEL_INFO, "x", NULL);
    json_t *records = read_records(place, log);
    assert_int_equal(json_array_size(records), 5);
    json_decref(records);
    close(fd);
    log_write(log, LOG_LEVEL_INFO, "x", NULL);
    records = read_records(place, log);
    assert_int_equal(json_array_size(records), 1);
    json_decref(records);
}

static void run_writers(struct place *place, const char *directory, int64_t size_bytes)
{
    pid_t children[WRITERS];
    for (int writer = 0; writer < WRITERS; writer++) {
        children[writer] = fork();
        assert_true(children[writer] >= 0);
        if (children[writer] == 0) {
            write_many(log_open(place, directory, size_bytes, LOG_LEVEL_INFO), writer);
            _exit(0);
        }
    }
    for (int writer = 0; writer < WRITERS; writer++) {
        int status;
        assert_int_equal(waitpid(children[writer], &status, 0), children[writer]);
        assert_true(WIFEXITED(status));
    }
}

/* Large enough for one rotation and no second, which would drop records by design; many rounds, for the race is narrow.
 */
static void test_log_processes_rotate_without_loss(void **state)
{
    struct place *place = *state;
    for (int round = 0; round < 60; round++) {
        char *directory = talloc_asprintf(place, "%s/%d", place->directory, round);
        run_writers(place, directory, 12000);
        struct log *log = log_open(place, directory, 12000, LOG_LEVEL_INFO);
        json_t *newer = read_records(place, log);
        json_t *older = parse_records(read_text(place, talloc_asprintf(place, "%s.1", log_path(log))));
        int seen[WRITERS] = {0};
        count_records(newer, seen);
        count_records(older, seen);
        for (int writer = 0; writer < WRITERS; writer++)
            assert_int_equal(seen[writer], RECORDS);
        json_decref(newer);
        json_decref(older);
    }
}

struct thread_work {
    struct log *log;
    int writer;
};

static void *run_thread(void *argument)
{
    struct thread_work *work = argument;
    write_many(work->log, work->writer);
    return NULL;
}

static void test_log_threads_share_one(void **state)
{
    struct log *log = open_log(*state);
    log_add_secret(log, "canary");
    pthread_t threads[WRITERS];
    struct thread_work work[WRITERS];
    for (int writer = 0; writer < WRITERS; writer++) {
        work[writer] = (struct thread_work){log, writer};
        assert_int_equal(pthread_create(&threads[writer], NULL, run_thread, &work[writer]), 0);
    }
    for (int writer = 0; writer < WRITERS; writer++)
        pthread_join(threads[writer], NULL);
    json_t *records = read_records(*state, log);
    assert_int_equal(json_array_size(records), WRITERS * RECORDS);
    json_decref(records);
}

static void test_log_link_is_not_followed(void **state)
{
    struct place *place = *state;
    test_write(place->directory, "victim", "untouched");
    struct log *log = open_log(place);
    char *victim = talloc_asprintf(place, "%s/victim", place->directory);
    assert_int_equal(symlink(victim, log_path(log)), 0);
    log_write(log, LOG_LEVEL_INFO, "x", NULL);
    assert_string_equal(read_text(place, victim), "untouched");
    assert_non_null(strstr(log_problem(log), "pgdeck.jsonl"));
}

static void test_log_fifo_does_not_block(void **state)
{
    struct place *place = *state;
    assert_int_equal(mkdir(place->directory, 0700), 0);
    struct log *log = open_log(place);
    assert_int_equal(mkfifo(log_path(log), 0600), 0);
    log_write(log, LOG_LEVEL_INFO, "x", NULL);
    assert_non_null(log_problem(log));
}

static void test_log_file_in_the_place_of_the_folder_is_a_problem(void **state)
{
    struct place *place = *state;
    struct log *log = log_open(place, "/dev/null/logs", 1000, LOG_LEVEL_INFO);
    log_write(log, LOG_LEVEL_INFO, "x", NULL);
    log_write(log, LOG_LEVEL_INFO, "y", NULL);
    assert_non_null(log_problem(log));
}

/* Root may write everywhere: the test needs to be somebody else for a moment. */
static void as_nobody(struct log *log)
{
    bool is_root = geteuid() == 0;
    assert_true(!is_root || seteuid(65534) == 0);
    log_write(log, LOG_LEVEL_INFO, "x", NULL);
    assert_true(!is_root || seteuid(0) == 0);
}

static void test_log_project_that_may_not_be_written_is_no_problem(void **state)
{
    struct place *place = *state;
    char *project = talloc_strndup(place, place->directory, strlen(place->directory) - strlen("/logs"));
    assert_int_equal(chmod(project, 0555), 0);
    struct log *log = open_log(place);
    as_nobody(log);
    assert_null(log_problem(log));
    assert_int_not_equal(access(place->directory, F_OK), 0);
    assert_int_equal(chmod(project, 0700), 0);
}

static void test_log_folder_that_may_not_be_written_is_a_problem(void **state)
{
    struct place *place = *state;
    char *project = talloc_strndup(place, place->directory, strlen(place->directory) - strlen("/logs"));
    assert_int_equal(chmod(project, 0755), 0);
    assert_int_equal(mkdir(place->directory, 0555), 0);
    struct log *log = open_log(place);
    as_nobody(log);
    assert_non_null(log_problem(log));
}

static void test_log_full_disk_loses_records_and_says_so(void **state)
{
    struct log *log = open_log(*state);
    struct rlimit before, tight = {.rlim_cur = 1000};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    for (int i = 0; i < 30; i++)
        log_write(log, LOG_LEVEL_INFO, "x", NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    signal(SIGXFSZ, SIG_DFL);
    assert_non_null(strstr(log_problem(log), "cannot write to"));
    log_write(log, LOG_LEVEL_INFO, "after", NULL);
    char *text = read_text(*state, log_path(log));
    char *last = strrchr(talloc_strndup(*state, text, strlen(text) - 1), '\n') + 1;
    json_t *record = json_loads(last, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(record, "event")), "after");
    json_decref(record);
}

static void test_log_torn_file_gets_a_new_line_first(void **state)
{
    struct place *place = *state;
    test_write(place->directory, "pgdeck.jsonl", "{\"time\":\"20");
    struct log *log = open_log(place);
    const struct timespec long_ago[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
    assert_int_equal(utimensat(AT_FDCWD, log_path(log), long_ago, 0), 0);
    log_write(log, LOG_LEVEL_INFO, "x", NULL);
    char *text = read_text(place, log_path(log));
    json_t *records = parse_records(strchr(text, '\n') + 1);
    assert_int_equal(json_array_size(records), 1);
    json_decref(records);
}

static void test_redact_patterns_take_out_passwords(void **state)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"postgres://u:pw@h/d", "postgres://u:***@h/d"},
        {"x postgres://u:p@w/x@h/d y://a b", "x postgres://u:***@h/d y://a b"},
        {"http://host:80/path", "http://host:80/path"},
        {"postgres://u@h/d", "postgres://u@h/d"},
        {"password=pw host=h", "password=*** host=h"},
        {"PGPASSWORD=pw psql", "PGPASSWORD=*** psql"},
        {"password = 'p w\\' x' host=h", "password = '***' host=h"},
        {"?sslpassword=a&user=b", "?sslpassword=***&user=b"},
        {"{\"password\": \"pw\", \"a\": 1}", "{\"password\": \"***\", \"a\": 1}"},
        {"CREATE ROLE x LOGIN PASSWORD 'p''w' VALID", "CREATE ROLE x LOGIN PASSWORD '***' VALID"},
        {"alter role x password E'p\\'w';", "alter role x password E'***';"},
        {"alter role x password $$pw$$;", "alter role x password ***;"},
        {"password authentication failed for user \"bob\"", "password authentication failed for user \"bob\""},
        {"password=", "password="},
        {"password='", "password='"},
        {"password='open", "password='***"},
        {"column password_hash = 'x'", "column password_hash = 'x'"},
        {"", ""},
    };
    for (size_t i = 0; i < countof(cases); i++)
        assert_string_equal(redact_patterns(*state, cases[i].text), cases[i].expected);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_place, close_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_log_record_has_its_keys_in_order),
        TEST(test_log_folder_is_made_at_the_first_record),
        TEST(test_log_folders_above_are_made),
        TEST(test_log_below_the_least_level_is_not_written),
        TEST(test_log_without_a_log_is_silent),
        TEST(test_log_secrets_are_redacted_everywhere),
        TEST(test_log_secret_keys_and_patterns_are_redacted),
        TEST(test_log_fields_of_the_caller_stay_as_they_are),
        TEST(test_log_reserved_keys_are_kept_apart),
        TEST(test_log_line_breaks_and_bad_bytes_cannot_forge_a_record),
        TEST(test_log_long_texts_are_cut_without_halving_a_secret),
        TEST(test_log_secret_at_the_cut_of_a_huge_text_is_not_halved),
        TEST(test_log_records_are_bounded),
        TEST(test_log_error_has_what_the_error_has),
        TEST(test_log_full_file_is_set_aside),
        TEST(test_log_file_set_aside_by_another_is_left),
        TEST(test_log_locked_file_is_written_and_not_set_aside),
        TEST(test_log_processes_rotate_without_loss),
        TEST(test_log_threads_share_one),
        TEST(test_log_link_is_not_followed),
        TEST(test_log_fifo_does_not_block),
        TEST(test_log_file_in_the_place_of_the_folder_is_a_problem),
        TEST(test_log_project_that_may_not_be_written_is_no_problem),
        TEST(test_log_folder_that_may_not_be_written_is_a_problem),
        TEST(test_log_full_disk_loses_records_and_says_so),
        TEST(test_log_torn_file_gets_a_new_line_first),
        TEST(test_redact_patterns_take_out_passwords),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
