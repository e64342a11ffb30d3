/* What must hold of every split, whatever the bytes: asked by the fuzzer and by the random driver of
 * test_statement. A violation aborts, with the text on stderr. */
#ifndef TESTS_LIB_STATEMENT_CHECK_H
#define TESTS_LIB_STATEMENT_CHECK_H

#include "store/base.h"

/* Splits the bytes both ways of statement_metas and checks places, order, gaps, and that each statement alone is the
 * same one again. */
void statement_check(const char *bytes, size_t size_bytes);

#endif
