/* Facts as JSON: what `plan --json` shows, and what the cache keeps. */
#ifndef MIGRATE_FACTS_JSON_H
#define MIGRATE_FACTS_JSON_H

#include <jansson.h>
#include <talloc.h>

#include "migrate/facts.h"
#include "store/base.h"

/* All that is known. New reference. */
json_t *facts_to_json(const struct facts *facts);

/* The way back; false where it is none of facts_to_json's. Owner of the texts: `owner`. */
bool facts_of_json(TALLOC_CTX *owner, const json_t *json, struct facts *facts) NODISCARD;

#endif
