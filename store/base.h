/* Attributes and small helpers that every file uses, and the functions that none may.
 * Not an umbrella: it declares nothing of the program's own. */
#ifndef STORE_BASE_H
#define STORE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODISCARD __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define UNUSED __attribute__((unused))
#define countof(array) (sizeof(array) / sizeof((array)[0]))

/* The build refuses these; the name of the missing function says why. */
#define BANNED(name) sorry_##name##_is_banned
#undef strcpy
#define strcpy(to, from) BANNED(strcpy)
#undef strcat
#define strcat(to, from) BANNED(strcat)
#undef sprintf
#define sprintf(...) BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) BANNED(vsprintf)
#undef strtok
#define strtok(text, delimiters) BANNED(strtok)
#undef atoi
#define atoi(text) BANNED(atoi)

#endif
