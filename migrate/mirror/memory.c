/* See memory.h. What `ignore` says is part of the key: it takes objects out of a snapshot. */
#include "migrate/mirror/memory.h"

#include "migrate/replay/notes.h"
#include "migrate/snapshot/text.h"
#include "store/digest.h"

static const char *key_of(TALLOC_CTX *owner, const struct mirror *mirror, const struct settings *settings)
{
    size_t count;
    const struct settings_ignore *ignores = settings_ignores(settings, &count);
    char *text = talloc_strdup(owner, "");
    for (size_t i = 0; i < count; i++)
        text = talloc_asprintf_append_buffer(text, "%zu:%s%zu:%s%d,", strlen(ignores[i].kind), ignores[i].kind,
                                             strlen(ignores[i].name), ignores[i].name, ignores[i].takes_back);
    char *what = talloc_asprintf(owner, "snapshot %s", digest_sha256(owner, text, strlen(text)));
    return notes_state_key(owner, mirror->replay, what);
}

struct snapshot *memory_recall(struct mirror *mirror, const struct settings *settings)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *keys[] = {key_of(memory, mirror, settings), NULL};
    char *text = keys[0] ? notes_recall(memory, mirror->scratch, keys) : NULL;
    struct snapshot *snapshot = text ? snapshot_from_text(mirror, text) : NULL;
    talloc_free(memory);
    return snapshot;
}

void memory_keep(struct mirror *mirror, const struct settings *settings)
{
    TALLOC_CTX *memory = talloc_new(NULL);
    const char *key = key_of(memory, mirror, settings);
    if (key)
        notes_keep(mirror->scratch, key, snapshot_to_text(memory, mirror->snapshot));
    talloc_free(memory);
}
