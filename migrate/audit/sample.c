/* See sample.h. Versions are drawn by digests and not by a generator, so that one more file moves no other in or out
 * but by its own luck. */
#include "migrate/audit/sample.h"

#include "migrate/audit.h"
#include "store/digest.h"

struct lot {
    size_t index;
    const char *digest;
};

static int compare_lots(const void *left, const void *right)
{
    const struct lot *one = left, *other = right;
    return strcmp(one->digest, other->digest);
}

static int compare_indices(const void *left, const void *right)
{
    const size_t *one = left, *other = right;
    return (*one > *other) - (*one < *other);
}

static size_t smaller(size_t one, size_t other) { return one < other ? one : other; }

size_t *sample_draw(TALLOC_CTX *owner, const struct directory *directory, const char *seed, size_t *count,
                    size_t *recent)
{
    size_t wanted = 4 * *count > AUDIT_RECENT_LEAST ? 4 * *count : AUDIT_RECENT_LEAST;
    *recent = smaller(wanted, directory->count);
    *count = smaller(*count, *recent);
    struct lot *lots = talloc_array(NULL, struct lot, (unsigned)*recent + 1);
    for (size_t i = 0; i < *recent; i++) {
        size_t index = directory->count - *recent + i;
        char *text = talloc_asprintf(lots, "%s\n%lld", seed, (long long)directory->files[index]->number);
        lots[i] = (struct lot){index, digest_sha256(lots, text, strlen(text))};
    }
    qsort(lots, *recent, sizeof *lots, compare_lots);
    size_t *indices = talloc_array(owner, size_t, (unsigned)*count + 1);
    for (size_t i = 0; i < *count; i++)
        indices[i] = lots[i].index;
    qsort(indices, *count, sizeof *indices, compare_indices);
    talloc_free(lots);
    return indices;
}
