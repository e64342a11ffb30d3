/* What the files of a review share: the proofs of each version, and how something is found, passed over, or left to be
 * told in one line. Private to migrate/audit. */
#ifndef MIGRATE_AUDIT_REVIEW_H
#define MIGRATE_AUDIT_REVIEW_H

#include "migrate/audit.h"
#include "migrate/audit/traces.h"

/* What is proved by comparing mirrors; rules.def's other rules are asked as a check asks them. */
enum review_proof_id { PROOF_INIT, PROOF_MODELS, PROOF_SEED, PROOF_ROWS, PROOF_COUNT };
extern const char *const review_rules[PROOF_COUNT];

struct review {
    const struct audit_options *options;
    struct audit *audit; /* being made */
    TALLOC_CTX *memory;  /* for as long as it is made */
    const struct directory *directory;
    int major;              /* of the target's server; 0: there is none, or it does not answer */
    const size_t *indices;  /* of the sample, in the directory */
    struct traces *touched; /* by version of the sample */
};

/* ---- proofs.c ---- */

/* What findings of a rule count for, by pgdeck.yaml. */
enum rule_severity review_severity(const struct review *review, const char *rule);

/* Whether a rule is one of review_rules. */
bool review_proves(const char *rule);

/* The file of a version of the sample. */
const struct migration_file *review_file(const struct review *review, size_t sampled);

/* A version's proof of a rule, made where it is missing; valid until the next call. */
struct audit_proof *review_proof(struct review *review, struct audit_version *version, const char *rule);

/* Something found of a version; texts are copied. */
void review_find(struct review *review, struct audit_version *version, const char *rule,
                 const struct rule_finding *finding);

/* Of all versions: could not be proved; what was done. */
void review_skip(struct review *review, const char *rule, const char *reason);
void review_evidence(struct review *review, const char *rule, const char *text);

/* Something open of no sampled version; or how many of them there are, where that is not 0. */
void review_item(struct review *review, const char *rule, const struct rule_finding *finding);
void review_rest(struct review *review, const char *rule, size_t count, const char *what, const char *hint);

/* What could not be built is not proved, and that is open; told with the first of the proofs. False with a copy of the
 * failure where it ends the review. */
bool review_give_up(struct review *review, const enum review_proof_id *proofs, size_t count,
                    const struct error *failure, struct error *error) NODISCARD;

/* ---- mirrors.c ---- */

/* Proves all of review_rules. */
bool review_prove_mirrors(struct review *review, struct error *error) NODISCARD;

/* ---- house.c ---- */

/* Asks the house rules, and whether the sample is applied on the target. */
bool review_ask_rules(struct review *review, struct error *error) NODISCARD;
bool review_prove_target(struct review *review, struct error *error) NODISCARD;

#endif
