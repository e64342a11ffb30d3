/* An assignment to a name that holds a secret, as the many notations have it. Private to secrets. */
#ifndef MIGRATE_SECRETS_ASSIGNMENT_H
#define MIGRATE_SECRETS_ASSIGNMENT_H

#include "migrate/secrets/scan.h"

enum word_class {
    WORD_PASSWORD, /* what is given to it is one */
    WORD_KEY       /* "token", "secret": many harmless things are called so */
};

struct assignment {
    struct scan_value name;
    enum word_class class;
    /* After assignment_read. */
    struct scan_value value;
    enum { FORM_QUOTED, FORM_BARE } form;
    enum { SIGN_EQUALS, SIGN_COLON, SIGN_OTHER } sign;
};

/* Reads what is given to the name: value, form and sign. False: nothing is, or nothing that a person wrote there. */
bool assignment_read(const struct scan *scan, struct assignment *assignment);

#endif
