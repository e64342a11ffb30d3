/* Whether two targets may be the same database, however they are spelled: a guard level must not be lost by spelling.
 */
#ifndef STORE_TARGET_MATCH_H
#define STORE_TARGET_MATCH_H

#include "store/base.h"
#include "store/target.h"

/* Compares host, port and database: hosts without case, all spellings of loopback as one, any element of a list; with
 * the same service, what a string leaves out counts as equal. Asks neither a name server nor a service file. */
bool target_match(const struct target *a, const struct target *b);

#endif
