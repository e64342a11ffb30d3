/* Sequences, as their owners need them. For the kinds sequence, sequence_owner. */
#ifndef MIGRATE_KINDS_SEQUENCE_H
#define MIGRATE_KINDS_SEQUENCE_H

#include "migrate/kind.h"

struct sequence_object {
    struct object base;
    const char *type, *increment, *cache, *cycle;
    const char *minimum, *maximum, *start; /* NULL: what the type and the direction make of them */
    const char *persistence;               /* NULL: as the owning table's, or permanent */
    const char *minimum_value, *maximum_value, *start_value, *is_unlogged;
};

#endif
