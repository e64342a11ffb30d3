/* git, asked about a real repository: what it knows of the project's folder, revisions by their names, what has
 * changed; a repository that would like to run programs, and one that git does not trust. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "store/git.h"
#include "store/output.h"
#include "tests/lib/server.h"

static const char *const environment[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
                                          "HOME=/nonexistent",
                                          "GIT_AUTHOR_NAME=t",
                                          "GIT_AUTHOR_EMAIL=t@example",
                                          "GIT_COMMITTER_NAME=t",
                                          "GIT_COMMITTER_EMAIL=t@example",
                                          "GIT_CONFIG_GLOBAL=/dev/null",
                                          NULL};

struct fixture {
    struct error *error;
    char *root;    /* of the repository */
    char *project; /* a folder of it */
};

static void shell(struct fixture *fixture, const char *script)
{
    const struct output_program program = {.what = "the shell",
                                           .words = (const char *const[]){"sh", "-ec", script, NULL},
                                           .directory = fixture->root,
                                           .environment = environment,
                                           .limit_bytes = 1 << 20,
                                           .timeout_ms = 30000};
    struct output output;
    if (!output_capture(fixture, &program, &output, fixture->error))
        fail_msg("%s: %s", fixture->error->message, fixture->error->detail ? fixture->error->detail : "");
}

/* main: services/shop/{a,b,c}.txt and root.txt; the branch work parted from it, then main went on with main.txt. */
static int set_up(void **state)
{
    struct fixture *fixture = talloc_zero(NULL, struct fixture);
    fixture->error = error_new(fixture);
    fixture->root = test_directory(fixture);
    fixture->project = talloc_asprintf(fixture, "%s/services/shop", fixture->root);
    shell(fixture, "git init -q -b main .; mkdir -p services/shop; cd services/shop; echo a >a.txt; echo b >b.txt;"
                   "echo c >c.txt; echo r >../../root.txt; printf 'ignored\\n.env\\n' >.gitignore; "
                   "git -C ../.. add -A; git commit -qm one; git checkout -qb work; git checkout -q main;"
                   "echo m >main.txt; git add -A; git commit -qm two; git checkout -q work");
    *state = fixture;
    return 0;
}

static int tear_down(void **state) { return talloc_free(*state); }

static struct git *open_git(struct fixture *fixture)
{
    const struct git_options options = {.directory = fixture->project, .environment = environment};
    struct git *git = git_open(fixture, &options, fixture->error);
    if (!git)
        fail_msg("%s", fixture->error->message);
    return git;
}

static const char *joined(struct fixture *fixture, const struct git_names *names)
{
    if (!names)
        fail_msg("%s (%s)", fixture->error->message, fixture->error->hint);
    char *text = talloc_strdup(fixture, "");
    for (size_t i = 0; i < names->count; i++)
        text = talloc_asprintf_append(text, "%s%s", i ? " " : "", names->items[i]);
    return text;
}

static void test_git_lists_what_would_be_committed(void **state)
{
    struct fixture *fixture = *state;
    shell(fixture, "cd services/shop; echo x >new.txt; echo x >ignored; echo x >.env; rm c.txt; echo x >../beside");
    assert_string_equal(joined(fixture, git_files(fixture, open_git(fixture), fixture->error)),
                        ".gitignore a.txt b.txt c.txt new.txt");
}

static void test_git_changed_is_what_a_pull_request_changes(void **state)
{
    struct fixture *fixture = *state;
    shell(fixture, "cd services/shop; echo 2 >>a.txt; git commit -qam three; echo 2 >>b.txt; rm c.txt; git rm -q "
                   "../../root.txt; echo x >new.txt; echo x >ignored; mkdir 'd é'; echo x >'d é/x y'");
    struct git_names *names = git_changed(fixture, open_git(fixture), "main", fixture->error);
    assert_string_equal(joined(fixture, names), "../../root.txt a.txt b.txt c.txt d é/x y new.txt");
    assert_true(git_names_has(names, "./a.txt"));
    assert_true(git_names_has(names, "d é/.././/a.txt"));
    assert_true(git_names_has(names, "../../root.txt"));
    assert_false(git_names_has(names, "main.txt"));
    assert_false(git_names_has(names, "d é"));
    assert_true(git_names_has_below(names, "d é/"));
    assert_true(git_names_has_below(names, "."));
    assert_false(git_names_has_below(names, "migrations"));
}

static void test_git_changed_is_nothing_where_nothing_was_done(void **state)
{
    struct fixture *fixture = *state;
    shell(fixture, "touch -d '2001-01-01' services/shop/*"); /* other times, the same bytes */
    assert_string_equal(joined(fixture, git_changed(fixture, open_git(fixture), "main", fixture->error)), "");
}

static void test_git_knows_branches_tags_and_ancestors(void **state)
{
    struct fixture *fixture = *state;
    shell(fixture, "git tag v1; git tag -a v2 -m two");
    struct git *git = open_git(fixture);
    static const char *const revisions[] = {"main", "work", "v1", "v2", "main~1", "HEAD", "HEAD^{commit}"};
    for (size_t i = 0; i < countof(revisions); i++) {
        char *commit = git_commit(fixture, git, revisions[i], fixture->error);
        if (!commit || strlen(commit) != 40)
            fail_msg("%s: %s", revisions[i], commit ? commit : fixture->error->message);
    }
}

static void test_git_reads_what_a_file_was(void **state)
{
    struct fixture *fixture = *state;
    shell(fixture, "echo 2 >>services/shop/a.txt; git commit -qam three; echo 3 >>services/shop/a.txt");
    struct git *git = open_git(fixture);
    char *base = git_base(fixture, git, "main", fixture->error);
    assert_string_equal(base, git_commit(fixture, git, "main~1", fixture->error));
    size_t size_bytes;
    assert_string_equal(git_read(fixture, git, base, "a.txt", &size_bytes, fixture->error), "a\n");
    assert_int_equal(size_bytes, 2);
    assert_null(git_read(fixture, git, base, "nothing.txt", &size_bytes, fixture->error));
    assert_null(git_read(fixture, git, base, "", &size_bytes, fixture->error));
    assert_false(error_is_set(fixture->error));
}

static void test_git_revision_is_never_an_option_or_a_range(void **state)
{
    struct fixture *fixture = *state;
    struct git *git = open_git(fixture);
    char *out = talloc_asprintf(fixture, "--output=%s/written", fixture->root);
    const char *const revisions[] = {out,
                                     "--all",
                                     "-q",
                                     "--help",
                                     "",
                                     "main..work",
                                     "main...work",
                                     "^main",
                                     "nosuch",
                                     "main ",
                                     "--",
                                     "main\nwork",
                                     "HEAD:a.txt",
                                     "--git-dir=/x",
                                     "\xff\xfe",
                                     "$(touch written)",
                                     "; touch written"};
    for (size_t i = 0; i < countof(revisions); i++) {
        error_clear(fixture->error);
        assert_null(git_changed(fixture, git, revisions[i], fixture->error));
        if (fixture->error->code != ERROR_USAGE || !fixture->error->hint)
            fail_msg("%s: %s", revisions[i], fixture->error->message);
    }
    assert_int_not_equal(access(talloc_asprintf(fixture, "%s/written", fixture->root), F_OK), 0);
    assert_int_not_equal(access(talloc_asprintf(fixture, "%s/written", fixture->project), F_OK), 0);
}

static void test_git_says_how_a_shallow_clone_is_made_whole(void **state)
{
    struct fixture *fixture = *state;
    shell(fixture, "git clone -q --depth 1 --branch work file://$PWD clone; cd clone; git checkout -qb more");
    fixture->project = talloc_asprintf(fixture, "%s/clone/services/shop", fixture->root);
    struct git *git = open_git(fixture);
    assert_null(git_changed(fixture, git, "main", fixture->error));
    assert_int_equal(fixture->error->code, ERROR_USAGE);
    assert_non_null(strstr(fixture->error->hint, "fetch-depth: 0"));
    shell(fixture, "cd clone; git fetch -q --depth 1 origin main:main");
    error_clear(fixture->error);
    assert_null(git_changed(fixture, git, "main", fixture->error));
    assert_non_null(strstr(fixture->error->message, "share no history"));
    assert_non_null(strstr(fixture->error->hint, "fetch-depth: 0"));
}

static void test_git_runs_nothing_that_the_repository_names(void **state)
{
    struct fixture *fixture = *state;
    shell(fixture,
          "printf '#!/bin/sh\\ntouch '$PWD'/ran\\ncat\\n' >evil; chmod +x evil; E=$PWD/evil;"
          "mkdir -p .git/hooks; cp evil .git/hooks/post-index-change; cp evil .git/hooks/fsmonitor-watchman;"
          "git config core.fsmonitor $E; git config core.hooksPath .git/hooks; git config diff.external $E;"
          "git config core.pager $E; git config pager.diff true; git config diff.x.textconv $E;"
          "git config diff.x.command $E; git config filter.f.clean $E; git config filter.f.process $E;"
          "git config filter.f.required true; git config filter.a=b.clean $E; git config alias.diff '!'$E;"
          "git config diff.relative true; git config diff.orderFile /nonexistent;"
          "printf '* diff=x filter=f\\n*.b filter=a=b\\n' >.gitattributes; rm -f ran; echo 2 >>services/shop/a.txt;"
          "touch -d 2001-01-01 services/shop/b.txt");
    struct git *git = open_git(fixture);
    assert_string_equal(joined(fixture, git_changed(fixture, git, "main", fixture->error)),
                        "../../.gitattributes ../../evil a.txt");
    (void)joined(fixture, git_files(fixture, git, fixture->error));
    assert_int_not_equal(access(talloc_asprintf(fixture, "%s/ran", fixture->root), F_OK), 0);
}

static void test_git_environment_of_a_hook_does_not_lead_elsewhere(void **state)
{
    struct fixture *fixture = *state;
    const char *const hook[] = {environment[0],
                                "HOME=/nonexistent",
                                "GIT_DIR=/nowhere",
                                "GIT_INDEX_FILE=/nowhere",
                                "GIT_EXTERNAL_DIFF=false",
                                "GIT_CONFIG_COUNT=1",
                                "GIT_CONFIG_KEY_0=core.worktree",
                                "GIT_CONFIG_VALUE_0=/",
                                NULL};
    const struct git_options options = {.directory = fixture->project, .environment = hook};
    struct git *git = git_open(fixture, &options, fixture->error);
    assert_non_null(git);
    assert_string_equal(joined(fixture, git_files(fixture, git, fixture->error)), ".gitignore a.txt b.txt c.txt");
}

static void test_git_of_another_user_says_how_to_trust_it(void **state)
{
    struct fixture *fixture = *state;
    if (geteuid() != 0)
        skip();
    assert_int_equal(chown(fixture->root, 12345, 12345), 0);
    assert_int_equal(chown(talloc_asprintf(fixture, "%s/.git", fixture->root), 12345, 12345), 0);
    const struct git_options options = {.directory = fixture->project, .environment = environment};
    assert_null(git_open(fixture, &options, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_PROJECT);
    assert_non_null(strstr(fixture->error->message, "another user"));
    assert_non_null(strstr(fixture->error->hint, "safe.directory"));
}

static void test_git_absence_has_a_reason(void **state)
{
    struct fixture *fixture = *state;
    struct git_options options = {.directory = test_directory(fixture), .environment = environment};
    struct git *git = git_open(fixture, &options, fixture->error);
    assert_string_equal(git_absence(git), "the project is in no git repository");
    assert_null(git_changed(fixture, git, "main", fixture->error));
    assert_int_equal(fixture->error->code, ERROR_USAGE);
    assert_null(git_absence(open_git(fixture)));
    /* Folders that only look like a repository. */
    shell(fixture, "git init -q --bare services/shop/bare");
    options.directory = talloc_asprintf(fixture, "%s/bare", fixture->project);
    assert_non_null(git_absence(git_open(fixture, &options, fixture->error)));
    test_write(options.directory = test_directory(fixture), ".git", "gitdir: /nowhere\n");
    assert_non_null(git_absence(git_open(fixture, &options, fixture->error)));
}

static void test_git_without_a_commit_lists_all(void **state)
{
    struct fixture *fixture = *state;
    shell(fixture, "rm -rf .git; git init -q -b main .");
    struct git *git = open_git(fixture);
    assert_string_equal(joined(fixture, git_files(fixture, git, fixture->error)), ".gitignore a.txt b.txt c.txt");
    assert_null(git_changed(fixture, git, "HEAD", fixture->error));
    assert_int_equal(fixture->error->code, ERROR_USAGE);
}

static void test_git_damage_is_told(void **state)
{
    struct fixture *fixture = *state;
    struct git *git = open_git(fixture);
    shell(fixture, "echo rubbish >.git/index");
    assert_null(git_files(fixture, git, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_PROJECT);
    assert_non_null(strstr(fixture->error->message, "index"));
}

static void test_git_is_cancelled(void **state)
{
    struct fixture *fixture = *state;
    struct cancel *cancel = cancel_new(fixture);
    cancel_request(cancel, 0);
    const struct git_options options = {.directory = fixture->project, .environment = environment, .cancel = cancel};
    assert_null(git_open(fixture, &options, fixture->error));
    assert_int_equal(fixture->error->code, ERROR_CANCELLED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_git_lists_what_would_be_committed),
        TEST(test_git_changed_is_what_a_pull_request_changes),
        TEST(test_git_changed_is_nothing_where_nothing_was_done),
        TEST(test_git_knows_branches_tags_and_ancestors),
        TEST(test_git_reads_what_a_file_was),
        TEST(test_git_revision_is_never_an_option_or_a_range),
        TEST(test_git_says_how_a_shallow_clone_is_made_whole),
        TEST(test_git_runs_nothing_that_the_repository_names),
        TEST(test_git_environment_of_a_hook_does_not_lead_elsewhere),
        TEST(test_git_of_another_user_says_how_to_trust_it),
        TEST(test_git_absence_has_a_reason),
        TEST(test_git_without_a_commit_lists_all),
        TEST(test_git_damage_is_told),
        TEST(test_git_is_cancelled),
    };
    return cmocka_run_group_tests_name("git", tests, NULL, NULL);
}
