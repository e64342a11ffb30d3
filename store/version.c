/* See version.h. */
#include "store/version.h"

#include <libpq-fe.h>

int version_libpq(void) { return PQlibVersion(); }
