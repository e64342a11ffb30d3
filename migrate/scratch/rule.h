/* What becomes of a statement in scratch, as far as its words tell: run, or passed over because it reaches beyond the
 * database; and what may be done when it fails for want of rights. Knows words, never a server. */
#ifndef MIGRATE_SCRATCH_RULE_H
#define MIGRATE_SCRATCH_RULE_H

#include "migrate/statement.h"
#include "store/base.h"

/* What a failure means that is not the file's own fault. */
enum rule_excuse {
    EXCUSE_NONE,      /* want of rights: a finding. Anything else: the file's */
    EXCUSE_RIGHTS,    /* the same, and nothing that follows needs it: who owns what, who speaks */
    EXCUSE_EXTENSION, /* what an extension fails with is a matter of what is installed */
};

struct rule {
    const char *skipped;   /* why it is not run, for a person; NULL: it is */
    bool may_be_superuser; /* on the short list */
    bool is_of_event_trigger;
    bool sets_owner; /* ALTER ... OWNER TO */
    enum rule_excuse excuse;
};

/* The rule of a statement. Constant texts. */
struct rule rule_of(const struct statement *statement);

#endif
