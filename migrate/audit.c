/* See audit.h. */
#include "migrate/audit.h"

#include <ctype.h>

#include "migrate/audit/review.h"
#include "migrate/audit/sample.h"
#include "migrate/audits.h"
#include "migrate/directory.h"
#include "store/session.h"

static void count_open(struct audit *audit)
{
    for (size_t i = 0; i < audit->count; i++)
        for (size_t k = 0; k < audit->versions[i].count; k++)
            if (audit->versions[i].proofs[k].severity == SEVERITY_ERROR)
                audit->open += audit->versions[i].proofs[k].count;
    for (size_t i = 0; i < audit->item_count; i++)
        audit->open += audit->items[i].severity == SEVERITY_ERROR;
}

static void draw(struct review *review)
{
    struct audit *audit = review->audit;
    audit->count = review->options->sample;
    audit->file_count = review->directory->count;
    review->indices = sample_draw(review->memory, review->directory, audit->seed, &audit->count, &audit->recent);
    audit->versions = talloc_zero_array(audit, struct audit_version, (unsigned)audit->count + 1);
    review->touched = talloc_zero_array(review->memory, struct traces, (unsigned)audit->count + 1);
    for (size_t i = 0; i < audit->count; i++) {
        audit->versions[i].version = talloc_strdup(audit, review_file(review, i)->version);
        audit->versions[i].file = talloc_strdup(audit, review_file(review, i)->path);
    }
}

/* Mirrors are built on a server of the target's version, as a check builds them. */
static int major_of(const struct review *review)
{
    const struct rules_options *asking = &review->options->rules;
    struct error *ignored = error_new(review->memory);
    struct session *session = asking->pool ? session_open(review->memory, asking->pool, asking->cancel, ignored) : NULL;
    int major = session ? session->server_version / 10000 : 0;
    talloc_free(session);
    return major;
}

bool audit_check_seed(const char *seed, struct error *error)
{
    size_t length = strlen(seed);
    for (size_t i = 0; i < length; i++)
        if (!isascii((unsigned char)seed[i]) || !(isalnum((unsigned char)seed[i]) || strchr(".-_", seed[i])))
            length = 0;
    if (length && length <= AUDIT_SEED_BYTES)
        return true;
    error_set(error, ERROR_USAGE, "the seed cannot be written down as it is");
    return error_hint(error, "Give letters, digits, \".\", \"-\" and \"_\", at most %d of them.", AUDIT_SEED_BYTES);
}

struct audit *audit_run(TALLOC_CTX *owner, const struct audit_options *options, struct error *error)
{
    struct audit *audit = talloc_zero(owner, struct audit);
    struct review review = {.options = options, .audit = audit, .memory = talloc_new(NULL)};
    if (!audit || !review.memory)
        abort();
    audit->date = audits_date(audit, options->rules.wall_us);
    audit->seed = talloc_strdup(audit, options->seed ? options->seed : audit->date);
    review.directory = directory_read(review.memory, options->rules.settings, error);
    bool ok = review.directory;
    if (ok) {
        draw(&review);
        review.major = major_of(&review);
        ok = review_prove_mirrors(&review, error) && review_ask_rules(&review, error) &&
             review_prove_target(&review, error);
    }
    count_open(audit);
    talloc_free(review.memory);
    if (ok)
        return audit;
    talloc_free(audit);
    return NULL;
}
