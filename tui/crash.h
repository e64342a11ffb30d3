/* What happens to the terminal when the program dies of a defect: it is given back, by async-signal-safe calls only,
 * and the signal is raised again, so that the shell and a core file see it. */
#ifndef TUI_CRASH_H
#define TUI_CRASH_H

#include <termios.h>

#include "store/base.h"

/* Arms SEGV, ABRT, BUS, FPE and ILL, on a stack of their own: `reset` is what gives a terminal on `fd` back, `modes`
 * its modes before. error_fd is where a last line goes. */
void crash_arm(int fd, int error_fd, const char *reset, size_t size_bytes, const struct termios *modes);

/* Puts back what was there before. */
void crash_disarm(void);

#endif
