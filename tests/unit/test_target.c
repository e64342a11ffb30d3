/* pgdeck: allow secrets because all of them are made up */
/* Targets: which one counts, what a connection string means, how careful to be, and that no password shows. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "store/conninfo.h"
#include "store/target.h"
#include "store/target_match.h"
#include "tests/lib/server.h"

struct project {
    const char *directory;
    struct error *error;
};

static const char *const libpq_variables[] = {"PGHOST",     "PGHOSTADDR", "PGPORT",        "PGDATABASE", "PGUSER",
                                              "PGPASSWORD", "PGSERVICE",  "PGSERVICEFILE", "PGSSLMODE",  "PGOPTIONS"};

/* libpq reads the process's environment by itself. */
static int open_project(void **state)
{
    for (size_t i = 0; i < countof(libpq_variables); i++)
        unsetenv(libpq_variables[i]);
    setenv("PGUSER", "somebody", 1);
    struct project *project = talloc_zero(NULL, struct project);
    project->directory = test_directory(project);
    project->error = error_new(project);
    *state = project;
    return 0;
}

static int close_project(void **state)
{
    for (size_t i = 0; i < countof(libpq_variables); i++)
        unsetenv(libpq_variables[i]);
    return talloc_free(*state);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

static struct settings *load(struct project *project, const char *yaml, const char *dotenv,
                             const char *const *environment)
{
    test_write(project->directory, "pgdeck.yaml", yaml);
    test_write(project->directory, ".env", dotenv);
    struct settings_input input = {project->directory, environment, NULL};
    struct settings *settings = settings_load(project, &input, project->error);
    if (!settings)
        fail_msg("%s", project->error->message);
    return settings;
}

static struct target *parse(struct project *project, const char *text)
{
    struct target *target = target_parse(project, text, project->error);
    if (!target)
        fail_msg("%s: %s", text, project->error->message);
    return target;
}

static const char *value(const struct target *target, const char *keyword)
{
    const char *found = conninfo_get(target->keywords, target->values, keyword);
    return found ? found : "";
}

static void test_target_parse_connection_strings(void **state)
{
    static const struct {
        const char *text, *host, *port, *database, *user, *password;
    } cases[] = {
        {"postgresql://bob:s3cret@db.example:6000/app", "db.example", "6000", "app", "bob", "s3cret"},
        {"postgres://db/app", "db", "5432", "app", "somebody", NULL},
        {"postgresql+asyncpg://bob:s3@db/app", "db", "5432", "app", "bob", "s3"},
        {"postgres+psycopg2://db/app", "db", "5432", "app", "somebody", NULL},
        {"POSTGRESQL+PSYCOPG://db/app", "db", "5432", "app", "somebody", NULL},
        {"postgresql+pg8000://bob@/app?host=/tmp", "/tmp", "5432", "app", "bob", NULL},
        {"host=db port=6000 dbname=app user=bob password='a b\\'c'", "db", "6000", "app", "bob", "a b'c"},
        {"postgresql:///app", "", "5432", "app", "somebody", NULL},
        {"postgresql://", "", "5432", "somebody", "somebody", NULL},
        {"dbname=app", "", "5432", "app", "somebody", NULL},
        {"postgres://b%40b:p%40s%2Fs@db/a%20b", "db", "5432", "a b", "b@b", "p@s/s"},
        {"postgres://u:p?q#r@db/app", "db", "5432", "app", "u", "p?q#r"},
        {"postgres://[::1]:6000/app", "::1", "6000", "app", "somebody", NULL},
        {"postgres://a:1,b:2,c/app", "a,b,c", "1,2,", "app", "somebody", NULL},
        {"service=prod", "", "", "", "", NULL},
        {"hostaddr=10.0.0.1 dbname=app", "10.0.0.1", "5432", "app", "somebody", NULL},
        {"postgres://db/app?user=a@b&password=x", "db", "5432", "app", "a@b", "x"},
        {"postgres://db/app\n", "db", "5432", "app", "somebody", NULL},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct target *target = parse(*state, cases[i].text);
        assert_string_equal(target->host, cases[i].host);
        assert_string_equal(target->port, cases[i].port);
        assert_string_equal(target->database, cases[i].database);
        assert_string_equal(target->user, cases[i].user);
        if (cases[i].password)
            assert_string_equal(target->password, cases[i].password);
        else
            assert_null(target->password);
        assert_int_equal(target->guard, GUARD_CONFIRM);
        assert_false(target->is_embedded);
    }
}

/* "secret" and "hunter" stand for parts of a password. */
static void test_target_refusals_show_no_part_of_the_string(void **state)
{
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"mysql://u:secret@h/db", "mysql://"},
        {"jdbc:postgresql://u:secret@h/db", "jdbc:postgresql://"},
        {"sqlite+aiosqlite:///secret.db", "sqlite+aiosqlite://"},
        {"postgresqls://h/secret", "postgresqls://"},
        {"postgresql+://h/secret", "scheme"},
        {"postgres://u:secret@hunter@h/db", "@ too many"},
        {"postgres://u@secret:hunter@h/db", "@ too many"},
        {"postgres://u:secret@hun/ter@h/db", "@ behind"},
        {"postgres://u:secret/hunter@h/db", "port"},
        {"postgres://u:12/hunter@h/db", "@ behind"},
        {"postgres://u:secret%zz@h/db", "%"},
        {"postgres://u:secret%2@h/db", "%"},
        {"postgres://u:secret%00@h/db", "%"},
        {"postgres://u:secret@[::1/db", "["},
        {"postgres://u:secret@[::1]hunter/db", "cannot be read"},
        {"postgres://u:secret@h:12x/db", "port"},
        {"postgres://u:secret@h:99999/db", "port"},
        {"postgres://u:secret@h/db?secret", "no ="},
        {"postgres://u:secret@h/db?user=a=secret", "second ="},
        {"postgres://u:secret@h/db?sslmod=require", "does not know"},
        {"host=h password=secret hunter", "not followed by ="},
        {"host=h password=secret hunter=2", "keyword"},
        {"host=h password='secret", "quote"},
        {"host=h password='secret'hunter dbname=x", "connection string"},
        {"host=u:secret@h dbname=db", "@ in it"},
        {"host=h port=secret", "port"},
        {"host=h port=0 dbname=secret", "port"},
        {"dbname=postgres://u:secret@h/db", "dbname is a URI"},
        {"host=h password=secret\xFF", "UTF-8"},
        {"host=h password=secret\x1B", "control"},
        {"secret", "not followed by ="},
    };
    struct project *project = *state;
    for (size_t i = 0; i < countof(cases); i++) {
        if (target_parse(project, cases[i].text, project->error))
            fail_msg("taken: %s", cases[i].text);
        const struct error *error = project->error;
        assert_int_equal(error->code, ERROR_USAGE);
        assert_non_null(error->hint);
        char *all =
            talloc_asprintf(project, "%s|%s|%s", error->message, error->hint, error->detail ? error->detail : "");
        if (strstr(all, "secret") || strstr(all, "hunter") || !strstr(error->message, cases[i].words))
            fail_msg("%s: %s", cases[i].text, all);
    }
}

static void test_target_at_sign_hint_says_how_to_write_it(void **state)
{
    struct project *project = *state;
    assert_null(target_parse(project, "postgres://u:p@ss@h/db", project->error));
    assert_non_null(strstr(project->error->hint, "%40"));
}

static void test_target_driver_parameters_are_dropped_with_a_notice(void **state)
{
    struct target *target = parse(*state, "postgresql+asyncpg://h/db?prepared_statement_cache_size=0&application_name=x"
                                          "&server_settings=canary&command_timeout=5");
    assert_string_equal(value(target, "application_name"), "x");
    assert_non_null(strstr(target->notices[0], "\"prepared_statement_cache_size\""));
    assert_non_null(strstr(target->notices[1], "\"server_settings\""));
    assert_non_null(strstr(target->notices[2], "\"command_timeout\""));
    assert_null(target->notices[3]);
    assert_null(strstr(target->notices[1], "canary"));
}

/* postgresql://h/db?hosts=x would be refused as a slip; a driver's own names are not libpq's to correct. */
static void test_target_driver_parameters_may_look_like_libpqs(void **state)
{
    struct target *target = parse(*state, "postgresql+pg8000://h/db?hosts=x");
    assert_non_null(strstr(target->notices[0], "\"hosts\""));
}

static void test_target_odd_parameter_names_are_not_shown(void **state)
{
    struct target *target = parse(*state, "postgresql://h/db?can ary=1");
    assert_null(strstr(target->notices[0], "ary"));
}

static void test_target_ssl_becomes_sslmode(void **state)
{
    static const struct {
        const char *query, *sslmode;
        size_t notices;
    } cases[] = {
        {"ssl=require", "require", 0},
        {"ssl=true", "require", 0},
        {"ssl=False", "disable", 0},
        {"ssl=verify-full", "verify-full", 0},
        {"ssl=maybe", "", 1},
        {"ssl=true&sslmode=verify-ca", "verify-ca", 1},
        {"sslmode=prefer", "prefer", 0},
        {"connect_timeout=3&ssl=1", "require", 0},
    };
    for (size_t i = 0; i < countof(cases); i++) {
        struct target *target = parse(*state, talloc_asprintf(*state, "postgresql+asyncpg://h/db?%s", cases[i].query));
        assert_string_equal(value(target, "sslmode"), cases[i].sslmode);
        size_t count = 0;
        while (target->notices[count])
            count++;
        assert_int_equal(count, cases[i].notices);
    }
}

static const char yaml[] = "targets:\n"
                           "  dev: {url: postgresql://localhost/app, guard: open, colour: green}\n"
                           "  prod: {url: \"${PROD_URL}\", guard: read-only}\n"
                           "  broken: {url: mysql://x}\n";

/* Which one counts: cli.md, "Which target". */
static void test_target_resolve_order(void **state)
{
    const struct {
        const char *yaml, *dotenv;
        const char *const *environment;
        const char *name, *expected, *source;
    } cases[] = {
        {"default_target: dev\n", "DATABASE_URL=dbname=e\n", LIST("PGDECK_TARGET=dbname=a", "DATABASE__URL=dbname=b"),
         "dbname=o", "o", "option -d"},
        {"default_target: dev\n", "", LIST("DATABASE_URL=dbname=c", "DATABASE__URL=dbname=b", "PGDECK_TARGET=dbname=a"),
         NULL, "a", "environment PGDECK_TARGET"},
        {"default_target: dev\n", "", LIST("DATABASE_URL=dbname=c", "DATABASE__URL=dbname=b"), NULL, "b",
         "environment DATABASE__URL"},
        {"default_target: dev\n", "PGDECK_TARGET=dbname=d\n", LIST("DATABASE_URL=dbname=c"), NULL, "c",
         "environment DATABASE_URL"},
        {"default_target: dev\n", "DATABASE_URL=dbname=f\nDATABASE__URL=dbname=e\nPGDECK_TARGET=dbname=d\n",
         LIST("PGHOST=h"), NULL, "d", ".env:3"},
        {"default_target: dev\n", "DATABASE_URL=dbname=f\nDATABASE__URL=dbname=e\n", LIST("PGHOST=h"), NULL, "e",
         ".env:2"},
        {"default_target: dev\n", "DATABASE_URL=dbname=f\n", LIST("PGHOST=h"), NULL, "f", ".env:1"},
        {"default_target: dev\n", "", LIST("PGHOST=h"), NULL, "dev", "default_target"},
        {"default_target: embedded\n", "", LIST("PGHOST=h"), NULL, "embedded", "default_target"},
        {"default_target: dbname=g\n", "", LIST("PGHOST=h"), NULL, "g", "default_target"},
        {"", "", LIST("PGHOST=h"), NULL, "somebody", "libpq's environment"},
        {"", "", LIST("PGSERVICE=h"), NULL, "somebody", "libpq's environment"},
        {"", "", LIST("PGDATABASE=h"), NULL, "somebody", "libpq's environment"},
        {"", "PGHOST=h\n", LIST("PGUSER=h"), NULL, "embedded", "default"},
        {"", "", LIST("PGDECK_TARGET=dev"), NULL, "dev", "environment PGDECK_TARGET"},
        {"", "", LIST("PGDECK_TARGET=dbname=a"), "embedded", "embedded", "option -d"},
        {"", "", LIST("PGDECK_TARGET=dbname=a"), "dev", "dev", "option -d"},
    };
    struct project *project = *state;
    for (size_t i = 0; i < countof(cases); i++) {
        char *text = talloc_asprintf(project, "%s%s", cases[i].yaml, yaml);
        struct settings *settings = load(project, text, cases[i].dotenv, cases[i].environment);
        struct target *target = target_resolve(project, settings, cases[i].name, TARGET_MAY_FALL_BACK, project->error);
        if (!target)
            fail_msg("%zu: %s", i, project->error->message);
        assert_string_equal(target->name, cases[i].expected);
        assert_string_equal(target->source, cases[i].source);
    }
}

static void test_target_resolve_named_target(void **state)
{
    struct project *project = *state;
    struct settings *settings = load(project, yaml, "", NULL);
    struct target *target = target_resolve(project, settings, "dev", TARGET_MUST_BE_NAMED, project->error);
    assert_int_equal(target->guard, GUARD_OPEN);
    assert_string_equal(target->colour, "green");
    assert_string_equal(target->database, "app");
    assert_string_equal(target_describe(project, target), "somebody@localhost:5432/app");
}

static void test_target_resolve_embedded_is_open_and_empty(void **state)
{
    struct project *project = *state;
    struct target *target =
        target_resolve(project, load(project, "", "", NULL), NULL, TARGET_MAY_FALL_BACK, project->error);
    assert_true(target->is_embedded);
    assert_int_equal(target->guard, GUARD_OPEN);
    assert_null(target->keywords[0]);
    assert_string_equal(target->host, "");
    assert_string_equal(target->user, "");
    assert_string_equal(target_describe(project, target), "embedded");
}

static void test_target_resolve_failures(void **state)
{
    const struct {
        const char *yaml;
        const char *dotenv;
        const char *const *environment;
        const char *name;
        enum error_code code;
        const char *message, *hint, *file;
        int line, column;
    } cases[] = {
        {"", "", NULL, NULL, ERROR_USAGE, "DATABASE__URL", "-d embedded", NULL, 0, 0},
        {"", "", NULL, "prd", ERROR_USAGE, "no target \"prd\"",
         "Did you mean prod? Targets are dev, prod, broken, embedded", NULL, 0, 0},
        {"", "", LIST("PGDECK_TARGET=embeded"), NULL, ERROR_USAGE, "environment PGDECK_TARGET",
         "Did you mean embedded?", NULL, 0, 0},
        {"default_target: zzzzz\n", "", NULL, NULL, ERROR_SETTINGS, "default_target: there is no target",
         "Targets are dev", "pgdeck.yaml", 1, 17},
        {"", "", NULL, "prod", ERROR_SETTINGS, "\"prod\" needs PROD_URL", ".env", "pgdeck.yaml", 3, 15},
        {"", "", NULL, "broken", ERROR_SETTINGS, "mysql://", "postgresql://", "pgdeck.yaml", 4, 17},
        {"", "", LIST("DATABASE_URL=mydb"), NULL, ERROR_SETTINGS,
         "environment DATABASE_URL: the value is no connection string", "postgresql://", NULL, 0, 0},
        {"", "\nDATABASE__URL=canary\n", NULL, NULL, ERROR_SETTINGS, "DATABASE__URL: the value is no", "postgresql://",
         ".env", 2, 0},
        {"", "DATABASE__URL=postgres://u:canary%zz@h/d\n", NULL, NULL, ERROR_SETTINGS, "DATABASE__URL: a %", "%25",
         ".env", 1, 0},
        {"", "", NULL, "mysql://u:canary@h/d", ERROR_USAGE, "-d: the scheme mysql://", "postgresql://", NULL, 0, 0},
    };
    struct project *project = *state;
    for (size_t i = 0; i < countof(cases); i++) {
        char *text = talloc_asprintf(project, "%s%s", cases[i].yaml, yaml);
        struct settings *settings = load(project, text, cases[i].dotenv, cases[i].environment);
        const struct error *error = project->error;
        assert_null(target_resolve(project, settings, cases[i].name, TARGET_MUST_BE_NAMED, project->error));
        if (error->code != cases[i].code || !strstr(error->message, cases[i].message) ||
            !strstr(error->hint, cases[i].hint) || error->line != cases[i].line || error->column != cases[i].column ||
            !error->file != !cases[i].file || strstr(error->message, "canary") || strstr(error->hint, "canary"))
            fail_msg("%zu: %d:%d: %s (%s)", i, error->line, error->column, error->message, error->hint);
        if (cases[i].file)
            assert_string_equal(error->file, cases[i].file);
    }
}

static void test_target_guard_of_a_string_is_the_strictest_of_its_like(void **state)
{
    static const char guarded[] = "targets:\n"
                                  "  dev: {url: postgresql://localhost/app, guard: open}\n"
                                  "  one: {url: postgresql://db.example:6000/app, guard: open}\n"
                                  "  two: {url: 'host=DB.Example. port=6000 dbname=app', guard: read-only}\n"
                                  "  many: {url: 'postgresql://a:1,b:2/app', guard: read-only}\n"
                                  "  service: {url: service=prod, guard: read-only}\n"
                                  "  socket: {url: 'dbname=sock', guard: read-only}\n"
                                  "  six: {url: 'postgresql://[2001:db8::1]/app', guard: read-only}\n"
                                  "  nowhere: {url: '${NOT_SET}', guard: read-only}\n";
    static const struct {
        const char *text;
        enum guard guard;
    } cases[] = {
        {"postgresql://elsewhere/app", GUARD_CONFIRM},
        {"postgresql://localhost/app", GUARD_OPEN},
        {"postgresql+asyncpg://bob:x@127.0.0.1:5432/app", GUARD_OPEN},
        {"postgresql://[::1]/app", GUARD_OPEN},
        {"postgresql://[::ffff:127.0.0.1]/app", GUARD_OPEN},
        {"host=LOCALHOST dbname=app", GUARD_OPEN},
        {"hostaddr=127.1.2.3 dbname=app", GUARD_OPEN},
        {"postgresql://localhost/other", GUARD_CONFIRM},
        {"postgresql://localhost:5433/app", GUARD_CONFIRM},
        {"postgresql://db.example:6000/app", GUARD_READ_ONLY},
        {"postgresql://DB.EXAMPLE.:06000/app", GUARD_READ_ONLY},
        {"postgresql://x:1,db.example:6000/app", GUARD_READ_ONLY},
        {"postgresql://b:2/app", GUARD_READ_ONLY},
        {"postgresql://b:1/app", GUARD_CONFIRM},
        {"host=x,a port=1 dbname=app", GUARD_READ_ONLY},
        {"service=prod", GUARD_READ_ONLY},
        {"service=prod dbname=other", GUARD_READ_ONLY},
        {"service=other", GUARD_CONFIRM},
        {"dbname=sock", GUARD_READ_ONLY},
        {"host=/var/run/postgresql/ dbname=sock", GUARD_READ_ONLY},
        {"host=/srv/sockets dbname=sock", GUARD_CONFIRM},
        {"host=2001:DB8:0::1 dbname=app", GUARD_READ_ONLY},
    };
    struct project *project = *state;
    struct settings *settings = load(project, guarded, "", NULL);
    for (size_t i = 0; i < countof(cases); i++) {
        struct target *target = target_resolve(project, settings, cases[i].text, TARGET_MUST_BE_NAMED, project->error);
        if (!target || target->guard != cases[i].guard)
            fail_msg("%s: %s", cases[i].text, target ? guard_name(target->guard) : project->error->message);
    }
}

static void test_target_guard_of_libpqs_environment_is_never_open(void **state)
{
    struct project *project = *state;
    setenv("PGHOST", "localhost", 1);
    setenv("PGDATABASE", "app", 1);
    struct settings *settings =
        load(project, "targets: {dev: {url: postgresql://localhost/app, guard: open}}\n", "", LIST("PGHOST=localhost"));
    struct target *target = target_resolve(project, settings, NULL, TARGET_MUST_BE_NAMED, project->error);
    assert_int_equal(target->guard, GUARD_CONFIRM);
    assert_string_equal(target->name, "localhost/app");
    settings = load(project, "targets: {dev: {url: postgresql://localhost/app, guard: read-only}}\n", "",
                    LIST("PGHOST=localhost"));
    target = target_resolve(project, settings, NULL, TARGET_MUST_BE_NAMED, project->error);
    assert_int_equal(target->guard, GUARD_READ_ONLY);
}

static void test_target_texts_come_from_libpqs_variables(void **state)
{
    setenv("PGHOST", "/run/x", 1);
    setenv("PGPORT", "7000", 1);
    struct target *target = parse(*state, "dbname=app");
    assert_string_equal(target->host, "/run/x");
    assert_string_equal(target->port, "7000");
    assert_string_equal(value(target, "host"), "");
}

static void test_target_password_of_the_option_gets_a_notice(void **state)
{
    struct project *project = *state;
    struct settings *settings = load(project, "", "", LIST("PGDECK_TARGET=postgres://u:pass@h/d"));
    struct target *target =
        target_resolve(project, settings, "postgres://u:pass@h/d?x_y=1", TARGET_MUST_BE_NAMED, project->error);
    assert_non_null(target->notices[1]);
    assert_non_null(strstr(target->notices[1], "command line"));
    target = target_resolve(project, settings, NULL, TARGET_MUST_BE_NAMED, project->error);
    assert_null(target->notices[0]);
    target = target_resolve(project, settings, "postgres://u@h/d", TARGET_MUST_BE_NAMED, project->error);
    assert_null(target->notices[0]);
}

static void test_target_with_replaces_and_adds(void **state)
{
    struct project *project = *state;
    struct target *target = parse(project, "postgres://bob:pass@h/d?x_y=1");
    struct target *copy =
        target_with(project, target, LIST("host", "/sock", "application_name", "x", "password", "other"));
    char *notice = talloc_strdup(project, target->notices[0]);
    talloc_free(target);
    assert_string_equal(copy->host, "/sock");
    assert_string_equal(value(copy, "host"), "/sock");
    assert_string_equal(value(copy, "application_name"), "x");
    assert_string_equal(value(copy, "user"), "bob");
    assert_string_equal(copy->password, "other");
    assert_string_equal(copy->notices[0], notice);
    assert_string_equal(target_redact(project, copy, "it is other"), "it is ***");
}

static void test_target_with_fills_in_the_embedded_one(void **state)
{
    struct project *project = *state;
    struct target *target =
        target_resolve(project, load(project, "", "", NULL), "embedded", TARGET_MUST_BE_NAMED, project->error);
    struct target *copy =
        target_with(project, target, LIST("host", "/tmp/x", "port", "5433", "dbname", "p", "user", "u"));
    assert_true(copy->is_embedded);
    assert_string_equal(copy->name, "embedded");
    assert_int_equal(copy->guard, GUARD_OPEN);
    assert_string_equal(target_describe(project, copy), "u@/tmp/x:5433/p");
}

static void test_target_describe_forms(void **state)
{
    static const struct {
        const char *text, *description;
    } cases[] = {
        {"postgres://bob:s@db:6000/app", "bob@db:6000/app"},
        {"postgres://[::1]/app", "somebody@[::1]:5432/app"},
        {"dbname=app", "somebody@[local]:5432/app"},
        {"service=prod user=bob", "bob@service prod"},
    };
    for (size_t i = 0; i < countof(cases); i++)
        assert_string_equal(target_describe(*state, parse(*state, cases[i].text)), cases[i].description);
}

static void test_target_redact_finds_every_spelling(void **state)
{
    static const struct {
        const char *string, *text, *expected;
    } cases[] = {
        {"postgres://u:p%40s%27s@h/d", "a p@s's b", "a *** b"},
        {"postgres://u:p%40s%27s@h/d", "\"p%40s%27s\" p%40S%27s p@s''s p@s\\'s", "\"***\" p%40S%27s *** ***"},
        {"postgres://u:p%40ss@h/d", "u:p%40ss@h %70%40%73%73", "u:***@h ***"},
        {"password=ab", "ab cab abc 'ab' x:ab@h", "*** cab abc '***' x:***@h"},
        {"password=secret", "secretsecret", "***"},
        {"password=aba1", "aba1aba1 ababa1", "*** ab***"},
        {"password=secret", "", ""},
        {"password=\"\"quotes", "x \"\"quotes \\\"\\\"quotes", "x *** ***"},
        {"user=u", "anything u", "anything u"},
        {"password=''", "anything", "anything"},
        {"password=long sslpassword=other1", "long other1", "*** ***"},
        {"password=\xC3\xA9t\xC3\xA9"
         "12",
         "%C3%A9t\xC3\xA9"
         "12!",
         "***!"},
    };
    for (size_t i = 0; i < countof(cases); i++)
        assert_string_equal(target_redact(*state, parse(*state, cases[i].string), cases[i].text), cases[i].expected);
}

static void test_target_redact_knows_pgpassword(void **state)
{
    setenv("PGPASSWORD", "from-the-environment", 1);
    struct target *target = parse(*state, "host=h");
    assert_null(target->password);
    assert_string_equal(target->secrets[0], "from-the-environment");
    assert_string_equal(target_redact(*state, target, "x from-the-environment"), "x ***");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_project, close_project)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_target_parse_connection_strings),
        TEST(test_target_refusals_show_no_part_of_the_string),
        TEST(test_target_at_sign_hint_says_how_to_write_it),
        TEST(test_target_driver_parameters_are_dropped_with_a_notice),
        TEST(test_target_driver_parameters_may_look_like_libpqs),
        TEST(test_target_odd_parameter_names_are_not_shown),
        TEST(test_target_ssl_becomes_sslmode),
        TEST(test_target_resolve_order),
        TEST(test_target_resolve_named_target),
        TEST(test_target_resolve_embedded_is_open_and_empty),
        TEST(test_target_resolve_failures),
        TEST(test_target_guard_of_a_string_is_the_strictest_of_its_like),
        TEST(test_target_guard_of_libpqs_environment_is_never_open),
        TEST(test_target_texts_come_from_libpqs_variables),
        TEST(test_target_password_of_the_option_gets_a_notice),
        TEST(test_target_with_replaces_and_adds),
        TEST(test_target_with_fills_in_the_embedded_one),
        TEST(test_target_describe_forms),
        TEST(test_target_redact_finds_every_spelling),
        TEST(test_target_redact_knows_pgpassword),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
