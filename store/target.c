/* See target.h. Connection strings are read by conninfo.c; this file finds which one counts, and how careful to be. */
#include "store/target.h"

#include "store/conninfo.h"
#include "store/redact.h"
#include "store/suggest.h"
#include "store/target_match.h"

static const char *const guard_names[] = {
    [GUARD_OPEN] = "open",
    [GUARD_CONFIRM] = "confirm",
    [GUARD_READ_ONLY] = "read-only",
};

/* cli.md, "Which target". */
static const char *const variables[] = {"PGDECK_TARGET", "DATABASE__URL", "DATABASE_URL"};
static const char *const libpq_variables[] = {"PGHOST", "PGSERVICE", "PGDATABASE"};

const char *guard_name(enum guard guard) { return guard_names[guard]; }

static enum guard guard_of(const char *name)
{
    for (size_t i = 0; i < countof(guard_names); i++)
        if (!strcmp(guard_names[i], name))
            return (enum guard)i;
    return GUARD_READ_ONLY;
}

static const char *keyword(const struct target *target, const char *name)
{
    return conninfo_get(target->keywords, target->values, name);
}

static const char *first_of(const char *given, const char *otherwise) { return given ? given : otherwise; }

static void collect_secrets(struct target *target, const struct conninfo_defaults *defaults)
{
    const char *const found[] = {target->password, keyword(target, "sslpassword"), defaults->password};
    const char **secrets = talloc_zero_size(target, (countof(found) + 1) * sizeof *secrets);
    size_t count = 0;
    for (size_t i = 0; i < countof(found); i++)
        if (found[i] && found[i][0])
            secrets[count++] = talloc_strdup(secrets, found[i]);
    target->secrets = secrets;
}

/* Fills in what a person is shown, and what nobody is. */
static void derive_texts(struct target *target)
{
    struct conninfo_defaults *defaults = conninfo_defaults(target);
    /* A service named in the string comes before PG* and defaults: only the server will tell. */
    bool is_open = keyword(target, "service") || (target->is_embedded && !target->keywords[0]);
    target->host = first_of(keyword(target, "host"), keyword(target, "hostaddr"));
    target->host = first_of(target->host, is_open ? "" : defaults->host);
    target->port = first_of(keyword(target, "port"), is_open ? "" : defaults->port);
    target->user = first_of(keyword(target, "user"), is_open ? "" : defaults->user);
    target->database = first_of(keyword(target, "dbname"), is_open ? "" : defaults->database);
    if (!target->database[0] && !is_open)
        target->database = target->user;
    target->password = keyword(target, "password");
    collect_secrets(target, defaults);
}

static char *name_of(const struct target *target)
{
    const char *service = keyword(target, "service");
    TALLOC_CTX *owner = (TALLOC_CTX *)(uintptr_t)target;
    if (service && !target->host[0])
        return talloc_strdup(owner, service);
    return talloc_asprintf(owner, "%s%s%s", target->host, target->host[0] ? "/" : "", target->database);
}

static struct target *target_new(TALLOC_CTX *owner, const char *source)
{
    static const char *const none[] = {NULL};
    struct target *target = talloc_zero(owner, struct target);
    if (!target)
        abort();
    target->guard = GUARD_CONFIRM;
    target->keywords = target->values = target->notices = none;
    target->source = talloc_strdup(target, source);
    return target;
}

struct target *target_parse(TALLOC_CTX *owner, const char *text, struct error *error)
{
    struct target *target = target_new(owner, "connection string");
    struct conninfo *info = conninfo_parse(target, text, error);
    if (!info) {
        talloc_free(target);
        return NULL;
    }
    target->keywords = info->keywords;
    target->values = info->values;
    target->notices = info->notices;
    derive_texts(target);
    target->name = name_of(target);
    return target;
}

/* The strictest guard of the targets of pgdeck.yaml that are the same database, but no laxer than `least`;
 * GUARD_CONFIRM where there is none. */
static enum guard guard_by_match(const struct settings *settings, const struct target *target, enum guard least)
{
    size_t count;
    const struct settings_target *named = settings_targets(settings, &count);
    TALLOC_CTX *scratch = talloc_new(NULL);
    bool is_matched = false;
    enum guard strictest = least;
    for (size_t i = 0; i < count; i++) {
        struct target *other =
            named[i].missing_variable ? NULL : target_parse(scratch, named[i].url, error_new(scratch));
        if (!other || !target_match(target, other))
            continue;
        is_matched = true;
        enum guard guard = guard_of(named[i].guard);
        strictest = guard > strictest ? guard : strictest;
    }
    talloc_free(scratch);
    return is_matched ? strictest : GUARD_CONFIRM;
}

/* The way in which a target was asked for. */
struct request {
    const struct settings *settings;
    const char *text;
    const char *source;   /* of the target */
    const char *what;     /* the option, variable or setting, for an error */
    enum error_code code; /* of a wrong text */
    const char *file;     /* its place, or NULL */
    int line, column;
};

static bool refuse(const struct request *request, struct error *error)
{
    error->code = request->code;
    error_prefix(error, "%s", request->what);
    return request->file ? error_place(error, request->file, request->line, request->column) : false;
}

static struct target *named_target(TALLOC_CTX *owner, const struct request *request,
                                   const struct settings_target *named, struct error *error)
{
    if (named->missing_variable) {
        error_set(error, ERROR_SETTINGS, "the target \"%s\" needs %s, which is not set", named->name,
                  named->missing_variable);
        error_hint(error, "Set %s in the environment or in .env.", named->missing_variable);
        error_place(error, named->file, named->line, named->column);
        return NULL;
    }
    struct target *target = target_parse(owner, named->url, error);
    if (!target) {
        error->code = ERROR_SETTINGS;
        error_prefix(error, "the target \"%s\"", named->name);
        error_place(error, named->file, named->line, named->column);
        return NULL;
    }
    target->name = talloc_strdup(target, named->name);
    target->guard = guard_of(named->guard);
    target->colour = named->colour ? talloc_strdup(target, named->colour) : NULL;
    target->source = talloc_strdup(target, request->source);
    return target;
}

static struct target *string_target(TALLOC_CTX *owner, const struct request *request, struct error *error)
{
    struct target *target = target_parse(owner, request->text, error);
    if (!target) {
        refuse(request, error);
        return NULL;
    }
    target->source = talloc_strdup(target, request->source);
    target->guard = guard_by_match(request->settings, target, GUARD_OPEN);
    return target;
}

static struct target *embedded_target(TALLOC_CTX *owner, const char *source)
{
    struct target *target = target_new(owner, source);
    target->name = "embedded";
    target->guard = GUARD_OPEN;
    target->is_embedded = true;
    derive_texts(target);
    return target;
}

static void refuse_name(const struct request *request, struct error *error)
{
    size_t count;
    const struct settings_target *targets = settings_targets(request->settings, &count);
    TALLOC_CTX *scratch = talloc_new(NULL);
    const char **names = talloc_zero_size(scratch, (count + 2) * sizeof *names);
    char *list = talloc_strdup(scratch, "");
    for (size_t i = 0; i < count; i++) {
        names[i] = targets[i].name;
        list = talloc_asprintf_append(list, "%s, ", targets[i].name);
    }
    names[count] = "embedded";
    const char *nearest = suggest_nearest(request->text, names);
    if (strpbrk(request->text, "@:/")) /* a connection string with a slip, and maybe a password in it */
        error_set(error, ERROR_USAGE, "what was given is neither a target's name nor a connection string");
    else
        error_set(error, ERROR_USAGE, "there is no target \"%.80s\"", request->text);
    if (nearest)
        error_hint(error, "Did you mean %s? Targets are %sembedded, or a connection string.", nearest, list);
    else
        error_hint(error, "Targets are %sembedded, or a connection string.", list);
    refuse(request, error);
    talloc_free(scratch);
}

/* A name, `embedded`, or a connection string. */
static struct target *target_of_word(TALLOC_CTX *owner, const struct request *request, struct error *error)
{
    size_t count;
    const struct settings_target *targets = settings_targets(request->settings, &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(targets[i].name, request->text))
            return named_target(owner, request, &targets[i], error);
    if (!strcmp(request->text, "embedded"))
        return embedded_target(owner, request->source);
    if (conninfo_is_string(request->text))
        return string_target(owner, request, error);
    refuse_name(request, error);
    return NULL;
}

/* DATABASE__URL and DATABASE_URL hold no names. */
static struct target *target_of_url(TALLOC_CTX *owner, const struct request *request, struct error *error)
{
    if (conninfo_is_string(request->text))
        return string_target(owner, request, error);
    error_set(error, ERROR_SETTINGS, "the value is no connection string");
    error_hint(error, "Write postgresql://USER@HOST:PORT/DATABASE or host=HOST dbname=DATABASE.");
    refuse(request, error);
    return NULL;
}

static void add_notice(struct target *target, const char *notice)
{
    size_t count = 0;
    while (target->notices[count])
        count++;
    const char **notices = talloc_zero_size(target, (count + 2) * sizeof *notices);
    memcpy(notices, target->notices, count * sizeof *notices);
    notices[count] = notice;
    target->notices = notices;
}

/* A word of the command line, which everybody can read. */
static struct target *target_given(TALLOC_CTX *owner, const struct request *request, struct error *error)
{
    struct target *target = target_of_word(owner, request, error);
    if (target && target->password && conninfo_is_string(request->text))
        add_notice(
            target,
            "a password on the command line can be seen by other users; use PGPASSWORD, .pgpass or a service file");
    return target;
}

static struct target *target_of_option(TALLOC_CTX *owner, const struct settings *settings, const char *name,
                                       struct error *error)
{
    struct request request = {
        .settings = settings, .text = name, .source = "option -d", .what = "-d", .code = ERROR_USAGE};
    return target_given(owner, &request, error);
}

struct target *target_of_operand(TALLOC_CTX *owner, const struct settings *settings, const char *word, const char *what,
                                 struct error *error)
{
    struct request request = {
        .settings = settings, .text = word, .source = "command line", .what = what, .code = ERROR_USAGE};
    return target_given(owner, &request, error);
}

/* The variable that counts: the environment whole, then .env whole. False where there is none. */
static bool find_variable(const struct settings *settings, size_t *index, struct request *request)
{
    static const enum settings_scope scopes[] = {SCOPE_ENVIRONMENT, SCOPE_DOTENV};
    for (size_t scope = 0; scope < countof(scopes); scope++) {
        for (*index = 0; *index < countof(variables); ++*index) {
            request->text = settings_variable(settings, scopes[scope], variables[*index], &request->source);
            if (request->text)
                return true;
        }
    }
    return false;
}

static struct target *target_of_variable(TALLOC_CTX *owner, struct request *request, size_t index, struct error *error)
{
    static const char dotenv[] = ".env:";
    request->what = request->source;
    if (!strncmp(request->source, dotenv, strlen(dotenv))) {
        request->what = variables[index];
        request->file = ".env";
        request->line = (int)strtol(request->source + strlen(dotenv), NULL, 10);
    }
    bool is_word = index == 0; /* PGDECK_TARGET */
    request->code = is_word ? ERROR_USAGE : ERROR_SETTINGS;
    return is_word ? target_of_word(owner, request, error) : target_of_url(owner, request, error);
}

static bool has_libpq_variable(const struct settings *settings)
{
    for (size_t i = 0; i < countof(libpq_variables); i++)
        if (settings_variable(settings, SCOPE_ENVIRONMENT, libpq_variables[i], NULL))
            return true;
    return false;
}

/* No keywords: libpq takes all of it from its own variables when it connects. */
static struct target *target_of_libpq(TALLOC_CTX *owner, const struct settings *settings)
{
    struct target *target = target_new(owner, "libpq's environment");
    derive_texts(target);
    target->name = name_of(target);
    target->guard = guard_by_match(settings, target, GUARD_CONFIRM);
    return target;
}

static struct target *refuse_none(struct error *error)
{
    error_set(error, ERROR_USAGE,
              "no target is named: -d, PGDECK_TARGET, DATABASE__URL, DATABASE_URL, default_target in pgdeck.yaml, "
              "PGHOST, PGSERVICE and PGDATABASE are all unset");
    error_hint(error, "Name one with -d; -d embedded is the private cluster.");
    return NULL;
}

struct target *target_resolve(TALLOC_CTX *owner, const struct settings *settings, const char *name,
                              enum target_fallback fallback, struct error *error)
{
    if (name)
        return target_of_option(owner, settings, name, error);
    struct request request = {.settings = settings};
    size_t index;
    if (find_variable(settings, &index, &request))
        return target_of_variable(owner, &request, index, error);
    const struct setting_value *value = settings_value(settings, SETTING_default_target);
    if (value->text[0]) {
        request = (struct request){settings,       value->text, "default_target", "default_target",
                                   ERROR_SETTINGS, value->file, value->line,      value->column};
        return target_of_word(owner, &request, error);
    }
    if (has_libpq_variable(settings))
        return target_of_libpq(owner, settings);
    return fallback == TARGET_MAY_FALL_BACK ? embedded_target(owner, "default") : refuse_none(error);
}

static const char *copy(TALLOC_CTX *owner, const char *text) { return text ? talloc_strdup(owner, text) : NULL; }

static const char **copy_list(TALLOC_CTX *owner, const char *const *list, size_t spare)
{
    size_t count = 0;
    while (list && list[count])
        count++;
    const char **copied = talloc_zero_size(owner, (count + spare + 1) * sizeof *copied);
    for (size_t i = 0; i < count; i++)
        copied[i] = talloc_strdup(copied, list[i]);
    return copied;
}

/* Sets one keyword in lists that have room for it. */
static void set_keyword(struct target *target, const char **keywords, const char **values, const char *const *pair)
{
    size_t at = 0;
    while (keywords[at] && strcmp(keywords[at], pair[0]) != 0)
        at++;
    keywords[at] = talloc_strdup(target, pair[0]);
    values[at] = talloc_strdup(target, pair[1]);
}

struct target *target_with(TALLOC_CTX *owner, const struct target *target, const char *const *pairs)
{
    size_t spare = 0;
    while (pairs[spare])
        spare++;
    struct target *with = target_new(owner, target->source);
    with->name = copy(with, target->name);
    with->guard = target->guard;
    with->colour = copy(with, target->colour);
    with->is_embedded = target->is_embedded;
    with->notices = copy_list(with, target->notices, 0);
    const char **keywords = copy_list(with, target->keywords, spare), **values = copy_list(with, target->values, spare);
    for (size_t i = 0; pairs[i] && pairs[i + 1]; i += 2)
        set_keyword(with, keywords, values, pairs + i);
    with->keywords = keywords;
    with->values = values;
    derive_texts(with);
    return with;
}

char *target_describe(TALLOC_CTX *owner, const struct target *target)
{
    if (target->is_embedded && (!target->keywords || !target->keywords[0]))
        return talloc_strdup(owner, target->name);
    bool is_service = keyword(target, "service") && !target->host[0];
    bool is_address = strchr(target->host, ':') && !strchr(target->host, ',');
    char *text = talloc_asprintf(owner, "%s%s", target->user, target->user[0] ? "@" : "");
    if (is_service)
        text = talloc_asprintf_append(text, "service %s", keyword(target, "service"));
    else if (is_address)
        text = talloc_asprintf_append(text, "[%s]", target->host);
    else
        text = talloc_asprintf_append(text, "%s", target->host[0] ? target->host : "[local]");
    text = talloc_asprintf_append(text, "%s%s", target->port[0] ? ":" : "", target->port);
    return talloc_asprintf_append(text, "%s%s", target->database[0] ? "/" : "", target->database);
}

char *target_redact(TALLOC_CTX *owner, const struct target *target, const char *text)
{
    const char *const given[] = {target->password ? target->password : "", NULL};
    return redact_secrets(owner, text ? text : "", target->secrets ? target->secrets : given);
}
