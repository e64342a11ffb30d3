/* See deck.h. Each part is opened once and stays until the deck is freed. */
#include "tui/deck.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const *copy_list(TALLOC_CTX *owner, const char *const *list)
{
    size_t count = 0;
    while (list && list[count])
        count++;
    const char **copy = talloc_zero_array(owner, const char *, (unsigned)count + 1);
    for (size_t i = 0; i < count; i++)
        copy[i] = talloc_strdup(copy, list[i]);
    return copy;
}

static const char *host_name(TALLOC_CTX *owner)
{
    char name[HOST_NAME_MAX + 1] = "";
    if (gethostname(name, sizeof name - 1) != 0)
        return talloc_strdup(owner, "");
    return talloc_strdup(owner, name);
}

static const char *user_name(TALLOC_CTX *owner)
{
    struct passwd entry, *found = NULL;
    char buffer[4096];
    if (getpwuid_r(getuid(), &entry, buffer, sizeof buffer, &found) == 0 && found)
        return talloc_strdup(owner, found->pw_name);
    return talloc_asprintf(owner, "uid %ld", (long)getuid());
}

struct deck *deck_new(TALLOC_CTX *owner, const struct deck_options *options)
{
    struct deck *deck = talloc_zero(owner, struct deck);
    if (!deck)
        abort();
    deck->options = *options;
    deck->options.project = options->project ? talloc_strdup(deck, options->project) : NULL;
    deck->options.database = options->database ? talloc_strdup(deck, options->database) : NULL;
    deck->options.settings = copy_list(deck, options->settings);
    deck->host = host_name(deck);
    deck->person = user_name(deck);
    deck->application = "pgdeck " PGDECK_VERSION;
    return deck;
}

static bool is_project(const char *folder)
{
    struct stat facts;
    char *file = talloc_asprintf(NULL, "%s/pgdeck.yaml", folder);
    char *migrations = talloc_asprintf(NULL, "%s/migrations", folder);
    bool is_one = stat(file, &facts) == 0 || (stat(migrations, &facts) == 0 && S_ISDIR(facts.st_mode));
    talloc_free(file);
    talloc_free(migrations);
    return is_one;
}

static char *real_folder(TALLOC_CTX *owner, const char *path, struct error *error)
{
    struct stat facts;
    char *real = realpath(path, NULL);
    bool exists = real && stat(real, &facts) == 0;
    if (!exists || !S_ISDIR(facts.st_mode)) {
        error_set(error, ERROR_FILE, "the project's folder \"%s\" cannot be used: %s", path,
                  strerror(exists ? ENOTDIR : errno));
        error_hint(error, "Name the folder that holds pgdeck.yaml or migrations/ with -C.");
        free(real);
        return NULL;
    }
    char *copy = talloc_strdup(owner, real);
    free(real);
    return copy;
}

/* The nearest folder upward that is a project, else `here` itself. */
static const char *nearest_project(TALLOC_CTX *owner, const char *here)
{
    char *folder = talloc_strdup(owner, here);
    for (;;) {
        if (is_project(folder))
            return folder;
        char *slash = strrchr(folder, '/');
        if (!slash || !folder[1])
            return here;
        slash[slash == folder ? 1 : 0] = '\0';
    }
}

static const char *find_project(TALLOC_CTX *owner, const struct deck_options *options, struct error *error)
{
    if (options->project)
        return real_folder(owner, options->project, error);
    const char *here = real_folder(owner, ".", error);
    return here ? nearest_project(owner, here) : NULL;
}

/* Secret settings that somebody set must never be written. */
static void hide_secrets(struct deck *deck)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        const char *text = settings_text(deck->settings, i);
        if (settings_table[i].secrecy == SETTING_SECRET && text && *text && strcmp(text, settings_table[i].value) != 0)
            log_add_secret(deck->log, text);
    }
}

bool deck_open_project(struct deck *deck, struct error *error)
{
    if (deck->settings)
        return true;
    TALLOC_CTX *scratch = talloc_new(NULL);
    const char *folder = find_project(scratch, &deck->options, error);
    if (folder) {
        struct settings_input input = {
            .directory = folder, .environment = deck->options.environment, .options = deck->options.settings};
        deck->settings = settings_load(deck, &input, error);
    }
    if (deck->settings) {
        enum log_level least = (enum log_level)settings_number(deck->settings, SETTING_log_level);
        deck->log = log_open(deck, settings_path(scratch, deck->settings, SETTING_logs),
                             settings_number(deck->settings, SETTING_log_size), least);
        hide_secrets(deck);
        const char *person = settings_text(deck->settings, SETTING_person);
        if (person && *person)
            deck->person = person;
    }
    talloc_free(scratch);
    return deck->settings != NULL;
}

bool deck_resolve_target(struct deck *deck, enum target_fallback fallback, struct error *error)
{
    if (deck->target)
        return true;
    if (!deck_open_project(deck, error))
        return false;
    deck->target = target_resolve(deck, deck->settings, deck->options.database, fallback, error);
    if (!deck->target)
        return false;
    deck->guard = deck->options.access == ACCESS_READ_ONLY ? GUARD_READ_ONLY : deck->target->guard;
    for (const char *const *secret = deck->target->secrets; secret && *secret; secret++)
        log_add_secret(deck->log, *secret);
    return true;
}

static bool open_cluster(struct deck *deck, struct cancel *cancel, struct error *error)
{
    struct cluster *cluster = cluster_open(deck, deck->settings, CLUSTER_EMBEDDED, error);
    if (!cluster)
        return false;
    if (!cluster_acquire(cluster, cancel, error)) {
        talloc_free(cluster);
        return false;
    }
    struct target *target = cluster_target(deck, cluster, deck->target);
    talloc_free(deck->target);
    deck->target = target;
    deck->cluster = cluster;
    return true;
}

bool deck_open_target(struct deck *deck, enum target_fallback fallback, struct cancel *cancel, struct error *error)
{
    if (deck->pool)
        return true;
    if (!deck_resolve_target(deck, fallback, error))
        return false;
    if (deck->target->is_embedded && !deck->cluster && !open_cluster(deck, cancel, error))
        return false;
    enum pool_access access = deck->guard == GUARD_READ_ONLY ? POOL_READ_ONLY : POOL_READ_WRITE;
    deck->pool = pool_new(deck, deck->target, deck->settings, access, deck->application);
    return true;
}

struct apply_options deck_apply_options(const struct deck *deck, struct cancel *cancel)
{
    return (struct apply_options){
        .target = deck->target,
        .settings = deck->settings,
        .log = deck->log,
        .cancel = cancel,
        .application = deck->application,
        .person = deck->person,
        .host = deck->host,
    };
}
