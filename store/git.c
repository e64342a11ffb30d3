/* See git.h. What a repository may not decide is overridden by GIT_CONFIG_*, which beats every file of settings. */
#include "store/git.h"

#include "store/output.h"
#include "store/text.h"

enum { TIME_LIMIT_MS = 60000, OUTPUT_LIMIT_BYTES = 256 * 1024 * 1024, WORDS_MOST = 16, REVISION_BYTES = 1000 };

struct git {
    const char *directory;
    struct cancel *cancel;
    const char *absence;      /* or NULL */
    const char *prefix;       /* of the project's folder within the repository: "", "services/shop/" */
    const char **environment; /* NULL-terminated; owns its texts but for the person's */
    size_t environment_count, setting_count;
};

/* ---- what git is run with ---- */

static void add_variable(struct git *git, const char *variable)
{
    size_t size = (git->environment_count + 2) * sizeof *git->environment;
    git->environment = talloc_realloc_size(git, git->environment, size);
    if (!git->environment || !variable)
        abort();
    git->environment[git->environment_count++] = variable;
    git->environment[git->environment_count] = NULL;
}

/* A setting that no file of the repository can change. */
static void add_setting(struct git *git, const char *name, const char *value)
{
    add_variable(git, talloc_asprintf(git, "GIT_CONFIG_KEY_%zu=%s", git->setting_count, name));
    add_variable(git, talloc_asprintf(git, "GIT_CONFIG_VALUE_%zu=%s", git->setting_count, value));
    git->setting_count++;
}

static const char *const variables[] = {
    "LC_ALL=C", /* its words are looked at */
    "GIT_OPTIONAL_LOCKS=0",
    "GIT_TERMINAL_PROMPT=0",
    "GIT_NO_LAZY_FETCH=1",
    "GIT_PAGER=cat",
};

static const struct {
    const char *name, *value;
} settings[] = {
    {"core.fsmonitor", "false"},     {"core.hooksPath", "/dev/null"}, {"core.pager", "cat"},
    {"diff.external", ""},           {"diff.relative", "false"},      {"submodule.recurse", "false"},
    {"protocol.allow", "never"},     {"core.sshCommand", "false"},    {"safe.bareRepository", "explicit"},
    {"diff.orderFile", "/dev/null"},
};

/* LANGUAGE would beat LC_ALL. */
static bool is_passed_on(const char *variable)
{
    return strncmp(variable, "GIT_", 4) != 0 && strncmp(variable, "LC_", 3) != 0 && strncmp(variable, "LANG", 4) != 0;
}

static void fill_environment(struct git *git, const char *const *environment)
{
    for (size_t i = 0; environment && environment[i]; i++)
        if (is_passed_on(environment[i]))
            add_variable(git, environment[i]);
    for (size_t i = 0; i < countof(variables); i++)
        add_variable(git, variables[i]);
    for (size_t i = 0; i < countof(settings); i++)
        add_setting(git, settings[i].name, settings[i].value);
}

/* ---- running it ---- */

/* words: behind "git", NULL-terminated. Any exit status is taken. */
static bool run(TALLOC_CTX *owner, struct git *git, const char *const *words, struct output *output,
                struct error *error)
{
    const char *all[WORDS_MOST] = {"git"};
    for (size_t i = 0; words[i] && i + 2 < WORDS_MOST; i++)
        all[i + 1] = words[i];
    size_t count = git->environment_count;
    char *number = talloc_asprintf(owner, "GIT_CONFIG_COUNT=%zu", git->setting_count);
    add_variable(git, number);
    const struct output_program program = {
        .what = "git",
        .words = all,
        .directory = git->directory,
        .environment = git->environment,
        .limit_bytes = OUTPUT_LIMIT_BYTES,
        .timeout_ms = TIME_LIMIT_MS,
        .statuses = OUTPUT_OF_ANY_STATUS,
        .cancel = git->cancel,
    };
    bool ok = output_capture(owner, &program, output, error);
    git->environment[count] = NULL;
    git->environment_count = count;
    return ok;
}
#define RUN(owner, git, output, error, ...) run(owner, git, (const char *const[]){__VA_ARGS__, NULL}, output, error)

/* Its words on one line, without "fatal: ". */
static const char *said_by(TALLOC_CTX *owner, const struct output *output)
{
    const char *said = output->said;
    if (!strncmp(said, "fatal: ", 7))
        said += 7;
    return text_sanitise(owner, said, strcspn(said, "\n"), TEXT_ONE_LINE);
}

static bool refuse(const struct git *git, const struct output *output, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    if (strstr(output->said, "dubious ownership") || strstr(output->said, "unsafe repository")) {
        error_set(error, ERROR_PROJECT, "git does not read the repository: its folder belongs to another user");
        error_hint(error, "If you trust it: git config --global --add safe.directory %s",
                   text_sanitise(memory, git->directory, strlen(git->directory), TEXT_ONE_LINE));
    } else {
        error_set(error, ERROR_PROJECT, "git cannot read the repository: %s", said_by(memory, output));
        error_hint(error, "Run `git status` in the project's folder to see more.");
    }
    talloc_free(memory);
    return false;
}

/* Filters of the repository would run when git compares a file with what it knows: each is set to nothing. */
static bool disarm_filters(struct git *git, struct error *error)
{
    struct output output;
    if (!RUN(git, git, &output, error, "config", "-z", "--name-only", "--get-regexp", "^filter\\."))
        return false;
    size_t size = output.exit_status == 0 ? output.size_bytes : 0;
    for (size_t at = 0; at < size; at += strlen(output.bytes + at) + 1) {
        const char *name = output.bytes + at, *dot = strrchr(name, '.');
        add_setting(git, name, dot && !strcmp(dot, ".required") ? "false" : "");
    }
    return true;
}

static bool look(struct git *git, struct error *error)
{
    struct output output;
    if (!RUN(git, git, &output, error, "rev-parse", "--is-inside-work-tree", "--show-prefix")) {
        if (error->code != ERROR_PROJECT)
            return false;
        git->absence = "git cannot be run";
        error_clear(error);
        return true;
    }
    bool is_nowhere = output.exit_status != 0 && (strstr(output.said, "not a git repository") ||
                                                  strstr(output.said, "cannot use bare repository"));
    if (is_nowhere || (output.exit_status == 0 && strncmp(output.bytes, "true\n", 5) != 0)) {
        git->absence = "the project is in no git repository";
        return true;
    }
    if (output.exit_status != 0)
        return refuse(git, &output, error);
    const char *prefix = output.bytes + 5;
    git->prefix = talloc_strndup(git, prefix, strcspn(prefix, "\n"));
    return disarm_filters(git, error);
}

struct git *git_open(TALLOC_CTX *owner, const struct git_options *options, struct error *error)
{
    struct git *git = talloc_zero(owner, struct git);
    if (!git)
        abort();
    git->directory = talloc_strdup(git, options->directory);
    git->cancel = options->cancel;
    git->prefix = "";
    fill_environment(git, options->environment);
    if (look(git, error))
        return git;
    talloc_free(git);
    return NULL;
}

const char *git_absence(const struct git *git) { return git->absence; }

static bool demand(const struct git *git, struct error *error)
{
    if (!git->absence)
        return true;
    error_set(error, ERROR_USAGE, "%s, so that nothing is known of what has changed", git->absence);
    return error_hint(error, "Leave the revision out: then all files are looked at.");
}

/* ---- revisions ---- */

static bool is_shallow(TALLOC_CTX *owner, struct git *git)
{
    struct error *ignored = error_new(owner);
    struct output output;
    return RUN(owner, git, &output, ignored, "rev-parse", "--is-shallow-repository") &&
           !strncmp(output.bytes, "true", 4);
}

static void hint_at_history(TALLOC_CTX *owner, struct git *git, const char *otherwise, struct error *error)
{
    if (is_shallow(owner, git))
        error_hint(error, "This clone is shallow: fetch the history first (`git fetch --unshallow`; in a workflow of "
                          "GitHub, \"fetch-depth: 0\" of actions/checkout).");
    else
        error_hint(error, "%s", otherwise);
}

static char *first_line(TALLOC_CTX *owner, const struct output *output)
{
    return talloc_strndup(owner, output->bytes, strcspn(output->bytes, "\n"));
}

/* What begins with a dash would be an option, and no revision does. */
static bool is_plausible(const char *revision)
{
    return *revision && *revision != '-' && strlen(revision) <= REVISION_BYTES && !strchr(revision, '\n');
}

char *git_commit(TALLOC_CTX *owner, struct git *git, const char *revision, struct error *error)
{
    if (!demand(git, error))
        return NULL;
    TALLOC_CTX *memory = talloc_new(NULL);
    struct output output = {.exit_status = 1};
    char *commit = NULL;
    char *wanted = talloc_asprintf(memory, "%s^{commit}", revision);
    if (is_plausible(revision) &&
        !RUN(memory, git, &output, error, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted)) {
        talloc_free(memory);
        return NULL;
    }
    if (output.exit_status == 0) {
        commit = first_line(owner, &output);
    } else {
        error_set(error, ERROR_USAGE, "git knows no revision \"%s\" here",
                  text_sanitise(memory, revision, strlen(revision), TEXT_ONE_LINE));
        hint_at_history(memory, git,
                        "Name a commit, branch or tag of this clone: main, origin/main, HEAD~3; `git fetch` gets what "
                        "is missing.",
                        error);
    }
    talloc_free(memory);
    return commit;
}

static char *base_of(TALLOC_CTX *owner, struct git *git, const char *commit, const char *revision, struct error *error)
{
    struct output output;
    if (!RUN(owner, git, &output, error, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"))
        return NULL;
    if (output.exit_status != 0)
        return talloc_strdup(owner, commit); /* a branch without a commit yet */
    if (!RUN(owner, git, &output, error, "merge-base", commit, "HEAD"))
        return NULL;
    if (output.exit_status == 0)
        return first_line(owner, &output);
    error_set(error, ERROR_USAGE, "\"%s\" and HEAD share no history here", revision);
    hint_at_history(owner, git, "Name a revision that this branch was made from.", error);
    return NULL;
}

char *git_base(TALLOC_CTX *owner, struct git *git, const char *revision, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    char *commit = git_commit(memory, git, revision, error);
    char *base = commit ? talloc_steal(owner, base_of(memory, git, commit, revision, error)) : NULL;
    talloc_free(memory);
    return base;
}

char *git_read(TALLOC_CTX *owner, struct git *git, const char *commit, const char *path, size_t *size_bytes,
               struct error *error)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    struct output output;
    char *name = talloc_asprintf(memory, "%s:./%s", commit, path), *bytes = NULL;
    if (RUN(memory, git, &output, error, "cat-file", "blob", name) && output.exit_status == 0) {
        bytes = talloc_steal(owner, output.bytes);
        *size_bytes = output.size_bytes;
    }
    talloc_free(memory);
    return bytes;
}

/* ---- names ---- */

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The path from the project's folder to a name of the repository. Owner: `owner`. */
static const char *from_project(TALLOC_CTX *owner, const char *prefix, const char *name)
{
    for (size_t size; (size = strcspn(prefix, "/")) && prefix[size] == '/' && !strncmp(prefix, name, size + 1);) {
        prefix += size + 1;
        name += size + 1;
    }
    char *path = talloc_strdup(owner, "");
    for (const char *at = prefix; *at; at++)
        if (*at == '/')
            path = talloc_strdup_append_buffer(path, "../");
    return talloc_strdup_append_buffer(path, name);
}

static void sort_names(struct git_names *names)
{
    size_t count = 0;
    if (names->count)
        qsort(names->items, names->count, sizeof *names->items, compare_names);
    for (size_t i = 0; i < names->count; i++)
        if (count == 0 || strcmp(names->items[count - 1], names->items[i]) != 0)
            names->items[count++] = names->items[i];
    names->count = count;
}

/* Adds what an output lists, each name ended by a NUL. */
static void add_names(struct git_names *names, const struct output *output, const char *prefix)
{
    size_t count = 0;
    for (size_t i = 0; i < output->size_bytes; i++)
        count += output->bytes[i] == '\0';
    names->items = talloc_realloc_size(names, names->items, (names->count + count + 1) * sizeof *names->items);
    if (!names->items)
        abort();
    for (size_t at = 0; at < output->size_bytes; at += strlen(output->bytes + at) + 1)
        names->items[names->count++] = from_project(names, prefix, output->bytes + at);
}

static bool take_names(struct git_names *names, const struct git *git, const struct output *output, const char *prefix,
                       struct error *error)
{
    if (output->exit_status != 0)
        return refuse(git, output, error);
    add_names(names, output, prefix);
    return true;
}

static bool list_changed(struct git_names *names, struct git *git, const char *revision, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(names);
    struct output output;
    char *base = git_base(memory, git, revision, error);
    bool ok = base &&
              RUN(memory, git, &output, error, "diff", "--name-only", "-z", "--no-renames", "--no-ext-diff",
                  "--no-textconv", "--ignore-submodules=all", base, "--") &&
              take_names(names, git, &output, git->prefix, error) &&
              RUN(memory, git, &output, error, "ls-files", "-z", "--others", "--exclude-standard", "--full-name", "--",
                  ":/") &&
              take_names(names, git, &output, git->prefix, error);
    talloc_free(memory);
    return ok;
}

static bool list_files(struct git_names *names, struct git *git, struct error *error)
{
    TALLOC_CTX *memory = talloc_new(names);
    struct output output;
    bool ok = demand(git, error) &&
              RUN(memory, git, &output, error, "ls-files", "-z", "--cached", "--others", "--exclude-standard") &&
              take_names(names, git, &output, "", error);
    talloc_free(memory);
    return ok;
}

static struct git_names *finish(struct git_names *names, bool ok)
{
    if (ok) {
        sort_names(names);
        return names;
    }
    talloc_free(names);
    return NULL;
}

struct git_names *git_changed(TALLOC_CTX *owner, struct git *git, const char *revision, struct error *error)
{
    struct git_names *names = talloc_zero(owner, struct git_names);
    if (!names)
        abort();
    return finish(names, list_changed(names, git, revision, error));
}

struct git_names *git_files(TALLOC_CTX *owner, struct git *git, struct error *error)
{
    struct git_names *names = talloc_zero(owner, struct git_names);
    if (!names)
        abort();
    return finish(names, list_files(names, git, error));
}

/* ---- looking one up ---- */

/* A copy without "." parts, doubled slashes, "x/.." and a slash at the end. Owner: `owner`. */
static char *clean_path(TALLOC_CTX *owner, const char *path)
{
    char *clean = talloc_size(owner, strlen(path) + 1);
    size_t used = 0;
    for (size_t size; *path; path += size + (path[size] == '/')) {
        size = strcspn(path, "/");
        bool is_up = size == 2 && !strncmp(path, "..", 2);
        if (size == 0 || (size == 1 && *path == '.'))
            continue;
        size_t start = used;
        while (start > 0 && clean[start - 1] != '/')
            start--;
        if (is_up && used > start && !(used - start == 2 && !strncmp(clean + start, "..", 2))) {
            used = start > 0 ? start - 1 : 0;
            continue;
        }
        if (used > 0)
            clean[used++] = '/';
        memcpy(clean + used, path, size);
        used += size;
    }
    clean[used] = '\0';
    return clean;
}

/* The first name that is not below `path`. */
static size_t position_of(const struct git_names *names, const char *path)
{
    size_t low = 0, high = names->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(names->items[middle], path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool git_names_has(const struct git_names *names, const char *path)
{
    char *clean = clean_path(NULL, path);
    size_t position = position_of(names, clean);
    bool has = position < names->count && !strcmp(names->items[position], clean);
    talloc_free(clean);
    return has;
}

bool git_names_has_below(const struct git_names *names, const char *path)
{
    char *clean = clean_path(NULL, path);
    char *folder = *clean ? talloc_asprintf(clean, "%s/", clean) : talloc_strdup(clean, "");
    size_t position = position_of(names, folder);
    bool has = git_names_has(names, path) ||
               (position < names->count && !strncmp(names->items[position], folder, strlen(folder)));
    talloc_free(clean);
    return has;
}
