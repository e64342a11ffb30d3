/* Keeps an IN list on a varchar as it is. PostgreSQL prints it as (ARRAY['a'::character varying])::text[], and reads
 * that text otherwise: each element is cast, and prints differently from then on. A cast of the whole between the two
 * keeps the expression, so that what a script makes is equal to what it was read from. */
#ifndef MIGRATE_EMIT_ARRAY_H
#define MIGRATE_EMIT_ARRAY_H

#include <talloc.h>

/* The statement with those casts; the same text where there is none to add. Quoted texts, so bodies of functions, are
 * left alone. Owner: `owner`. */
const char *array_keep_casts(TALLOC_CTX *owner, const char *sql);

#endif
