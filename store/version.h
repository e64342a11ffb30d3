/* The version of the library that talks to the server: the one at hand, not the one that was compiled against. */
#ifndef STORE_VERSION_H
#define STORE_VERSION_H

/* 150018 for libpq 15.18. */
int version_libpq(void);

#endif
