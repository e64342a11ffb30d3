/* Notes on replayed migrations. Declared in replay.h. A table of its own in the administrative database, made when
 * first written to; what goes wrong with it costs time and nothing else. */
#include "migrate/replay.h"

#include "migrate/replay/cache.h"
#include "migrate/scratch/private.h"

#define NOTES_MOST 64
#define NOTE_BYTES_MOST ((size_t)1 << 20)

static const char *last_key(TALLOC_CTX *owner, const struct scratch *scratch, const struct directory *directory)
{
    return cache_migration_keys(owner, scratch, directory, directory->count, CACHE_FIRST)[directory->count];
}

void replay_note(struct scratch *scratch, const struct directory *directory, const char *text)
{
    static const char create[] =
        "CREATE TABLE IF NOT EXISTS pgdeck.note (key text PRIMARY KEY, text text NOT NULL, used_at "
        "timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp())";
    static const char insert[] =
        "INSERT INTO pgdeck.note (key, text) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET text "
        "= EXCLUDED.text, used_at = EXCLUDED.used_at";
    static const char forget[] = "DELETE FROM pgdeck.note WHERE key IN (SELECT n.key FROM pgdeck.note AS n ORDER BY "
                                 "n.used_at DESC, n.key OFFSET $1::integer)";
    struct error *ignored = error_new(NULL);
    const char *key = last_key(ignored, scratch, directory);
    if (strlen(text) <= NOTE_BYTES_MOST) {
        bool ok = admin_execute(scratch, PARAMETERS(key, text), ignored, insert);
        if (!ok && error_is_sqlstate(ignored, "42P01"))
            ok = admin_execute(scratch, NO_PARAMETERS, ignored, create) &&
                 admin_execute(scratch, PARAMETERS(key, text), ignored, insert);
        ok = ok && admin_execute(scratch, PARAMETERS(registry_number(ignored, NOTES_MOST)), ignored, forget);
    }
    talloc_free(ignored);
}

/* Of all prefixes at once; the server finds the longest that has a note. */
char *replay_find_note(TALLOC_CTX *owner, struct scratch *scratch, const struct directory *directory)
{
    static const char find[] =
        "SELECT n.text FROM pg_catalog.unnest($1::text[]) WITH ORDINALITY AS k (key, place) JOIN "
        "pgdeck.note AS n ON n.key = k.key ORDER BY k.place DESC LIMIT 1";
    struct error *ignored = error_new(NULL);
    const char **keys = cache_migration_keys(ignored, scratch, directory, directory->count, CACHE_FIRST);
    char *array = talloc_strdup(ignored, "{");
    for (size_t i = 0; i <= directory->count; i++)
        array = talloc_asprintf_append_buffer(array, "%s%s", i ? "," : "", keys[i]);
    array = talloc_strdup_append_buffer(array, "}");
    struct result *result = admin_query(ignored, scratch, PARAMETERS(array), ignored, find);
    const char *text = result ? result_value(result) : NULL;
    char *copy = text ? talloc_strdup(owner, text) : NULL;
    talloc_free(ignored);
    return copy;
}
