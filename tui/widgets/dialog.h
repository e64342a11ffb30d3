/* A question over everything: y/N with the focus on Cancel, or typing a name. Enter alone never says yes. */
#ifndef TUI_WIDGETS_DIALOG_H
#define TUI_WIDGETS_DIALOG_H

#include "tui/screen.h"
#include "tui/widgets/document.h"

enum dialog_answer { DIALOG_NO, DIALOG_YES };
typedef void (*dialog_answer_fn)(void *argument, enum dialog_answer answer);

struct dialog_options {
    const char *title;      /* "Apply to shop" */
    const char *question;   /* a sentence with its question mark */
    const char *verb;       /* what y or the name does: "apply" */
    const char *name;       /* what has to be typed; NULL: y is enough */
    struct document *lines; /* what is about to happen; the dialog takes it; may be NULL */
    enum { DIALOG_CALM, DIALOG_DANGEROUS } mood;
    dialog_answer_fn on_answer; /* called once, after the dialog was closed */
    void *argument;
};

/* The box of a dialog, blank within, its title in the upper edge: for views that are asked in another way. */
void dialog_draw_frame(struct terminal *terminal, struct area box, enum look look, const char *title);

/* Makes the dialog and shows it. Texts are copied. */
void dialog_open(struct console *console, const struct dialog_options *options);

#endif
