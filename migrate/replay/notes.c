/* See notes.h. A table of its own in the administrative database, made when it is first written to. */
#include "migrate/replay/notes.h"

#include "migrate/replay/cache.h"
#include "migrate/scratch/private.h"

#define NOTES_MOST 64
#define NOTE_BYTES_MOST ((size_t)8 << 20)

void notes_keep(struct scratch *scratch, const char *key, const char *text)
{
    static const char create[] =
        "CREATE TABLE IF NOT EXISTS pgdeck.note (key text PRIMARY KEY, text text NOT NULL, used_at "
        "timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp())";
    static const char insert[] =
        "INSERT INTO pgdeck.note (key, text) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET text "
        "= EXCLUDED.text, used_at = EXCLUDED.used_at";
    static const char forget[] = "DELETE FROM pgdeck.note WHERE key IN (SELECT n.key FROM pgdeck.note AS n ORDER BY "
                                 "n.used_at DESC, n.key OFFSET $1::integer)";
    if (strlen(text) > NOTE_BYTES_MOST)
        return;
    struct error *ignored = error_new(NULL);
    bool ok = admin_execute(scratch, PARAMETERS(key, text), ignored, insert);
    if (!ok && error_is_sqlstate(ignored, "42P01"))
        ok = admin_execute(scratch, NO_PARAMETERS, ignored, create) &&
             admin_execute(scratch, PARAMETERS(key, text), ignored, insert);
    if (ok)
        admin_post(scratch, PARAMETERS(registry_number(ignored, NOTES_MOST)), forget);
    talloc_free(ignored);
}

char *notes_recall(TALLOC_CTX *owner, struct scratch *scratch, const char *const *keys)
{
    static const char find[] =
        "UPDATE pgdeck.note AS n SET used_at = pg_catalog.clock_timestamp() WHERE n.key = (SELECT o.key FROM "
        "pg_catalog.unnest($1::text[]) WITH ORDINALITY AS k (key, place) JOIN pgdeck.note AS o ON o.key = k.key "
        "ORDER BY k.place DESC LIMIT 1) RETURNING n.text";
    struct error *ignored = error_new(NULL);
    char *array = talloc_strdup(ignored, "{");
    for (size_t i = 0; keys[i]; i++) /* keys hold no quote and no backslash */
        array = talloc_asprintf_append_buffer(array, "%s\"%s\"", i ? "," : "", keys[i]);
    array = talloc_strdup_append_buffer(array, "}");
    struct result *result = admin_query(ignored, scratch, PARAMETERS(array), ignored, find);
    const char *text = result ? result_value(result) : NULL;
    char *copy = text ? talloc_strdup(owner, text) : NULL;
    talloc_free(ignored);
    return copy;
}

const char *const *notes_migration_keys(TALLOC_CTX *owner, const struct scratch *scratch,
                                        const struct directory *directory)
{
    const char **keys = talloc_zero_array(owner, const char *, (unsigned)directory->count + 2);
    const char **chain = cache_migration_keys(keys, scratch, directory, directory->count, CACHE_FIRST);
    for (size_t i = 0; i <= directory->count; i++)
        keys[i] = talloc_asprintf(keys, "volatile %s", chain[i]);
    talloc_free(chain);
    return keys;
}

const char *notes_state_key(TALLOC_CTX *owner, const struct replay *replay, const char *what)
{
    if (replay->database->kind != DATABASE_STATE)
        return NULL;
    return talloc_asprintf(owner, "%s of %s %s", what, replay->database->name, replay->key);
}
